import type { ImageInfo } from '@layers/core/analysis';
import type { SourceInfo } from '@layers/core/image';
import { escapeForTerminal } from '../output/escape.js';
import { setTime, shortDigest, shortTime } from '../output/format.js';
import { platformText } from '../output/platform-text.js';
import { shortText } from '../output/short-text.js';
import { table } from '../output/table.js';
import { truncateEnd, truncateMiddle, widthOf } from '../output/text-width.js';
import type { View } from '../output/view.js';

/** A fact with its label. Its parts are printed on one line, or on several if the terminal is narrow. */
export interface Fact {
  readonly label: string;
  readonly parts: readonly string[];
}

const LABEL_COLUMNS = 9;

/** What a report begins with. */
type HeadedImage = Omit<ImageInfo, 'config'>;

/** Renders the first line and the facts of an image, as every report begins. */
export function* imageHeading(
  source: SourceInfo,
  image: HeadedImage,
  facts: readonly Fact[],
  view: View,
): Generator<string> {
  yield* title(source, image, view);
  const rows = [...imageFacts(image, view), ...facts].flatMap((fact) => factRows(fact, view));
  yield* table(view, [{ title: '' }, { title: '', cut: 'end' }], rows, { titles: false });
}

function* title(source: SourceInfo, image: HeadedImage, view: View): Generator<string> {
  const platform = image.platform === null ? [] : [platformText(image.platform)];
  const rest = [...platform, formatText(source)].map((text) => `  ${text}`).join('');
  const name = shortText(image.tags[0] ?? 'untagged');
  const cut = truncateMiddle(name, Math.max(12, view.width - widthOf(rest)), view.ellipsis);
  const room = view.width - widthOf(cut);
  yield `${view.colours.bold(cut)}${truncateEnd(rest, room, view.ellipsis)}\n`;
}

function imageFacts(image: HeadedImage, view: View): Fact[] {
  const id = image.id === null ? 'none' : idText(image.id, view);
  const time = setTime(image.created);
  const created = time === null ? [] : [`created ${shortText(shortTime(time))}`];
  const facts: Fact[] = [{ label: 'id', parts: [id, ...created] }];
  if (image.tags.length > 1) {
    facts.unshift({ label: 'also', parts: image.tags.slice(1, 9).map((tag) => shortText(tag)) });
  }
  return facts;
}

function idText(id: string, view: View): string {
  const short = shortDigest(id);
  if (!view.truncate || short === id) return escapeForTerminal(id);
  return escapeForTerminal(`${id.slice(0, id.indexOf(':') + 1)}${short}`) + view.ellipsis;
}

/** `docker-archive (legacy), gzip`. */
function formatText(source: SourceInfo): string {
  const variant = source.variant === null ? '' : ` (${source.variant})`;
  return `${source.format}${variant}${source.compression === null ? '' : `, ${source.compression}`}`;
}

function factRows(
  { label, parts }: Fact,
  view: View,
): { text: string; paint?: (text: string) => string }[][] {
  const separator = view.unicode ? ' · ' : ' | ';
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last}${separator}${part}`;
    if (last === undefined || widthOf(joined) > view.width - LABEL_COLUMNS) lines.push(part);
    else lines[lines.length - 1] = joined;
  }
  return lines.map((text, i) => [
    { text: (i === 0 ? label : '').padEnd(LABEL_COLUMNS - 2), paint: view.colours.dim },
    { text },
  ]);
}
