import type { Format } from '../lines/format.js';
import { fitLine, type Line, span } from '../lines/line.js';
import type { Prompt } from '../views/prompt.js';
import type { Explorer } from './explorer.js';

/** Returns the lines of a screen, each of exactly `width` columns. Scrolls so that the selection is visible. */
export function frame(explorer: Explorer, width: number, height: number): Line[] {
  const { busy, format, top } = explorer;
  const body = top.frame(width, Math.max(1, height - 2));
  const title = fitLine([span(` ${busy ?? top.title(width)}`, 'title')], width, format);
  return [title, ...body, statusLine(explorer, width)].slice(0, Math.max(1, height));
}

function statusLine(explorer: Explorer, width: number): Line {
  const { busy, format, message, question, top } = explorer;
  if (question !== null) {
    const note = message?.text ?? question.note?.() ?? null;
    return promptLine(explorer, question.line, note === null ? '' : `   ${note}`, width);
  }
  if (message !== null)
    return fitLine([span(message.text, message.isError ? 'error' : 'bold')], width, format);
  const text = busy !== null ? 'q cancels' : (top.note() ?? hintsText(top.hints, width, format));
  return fitLine([span(text, 'dim')], width, format);
}

/** Joins the first hints, as many as fit; the first is always one of them. */
function hintsText(hints: readonly string[], width: number, { width: widthOf }: Format): string {
  let text = hints[0] ?? '';
  for (const hint of hints.slice(1)) {
    const longer = `${text}  ${hint}`;
    if (widthOf(longer) > width) break;
    text = longer;
  }
  return text;
}

function promptLine({ format }: Explorer, { label, parts }: Prompt, note: string, width: number): Line {
  const [before, after] = parts.map(format.text);
  const [at = ' ', ...rest] = [...(after ?? '')];
  // The end of what is typed stays visible.
  const shown = `${label}${before ?? ''}`;
  const room = Math.max(1, width - 2 - format.width(note));
  const start = format.width(shown) <= room ? shown : [...shown].slice(-room).join('');
  return fitLine([span(start), span(at, 'selected'), span(rest.join('')), span(note, 'dim')], width, format);
}
