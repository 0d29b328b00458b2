import type { Problem } from '../messages/messages.js';
import { element } from './dom.js';
import { Failure } from './engine.js';
import { visible } from './text.js';

/** Shows an error with its place, its code and its hint, as the command prints them. */
export function problemView(problem: Problem): HTMLElement {
  const { code, hint } = problem;
  const view = element(
    'div',
    { className: 'problem' },
    element('p', {}, `${visible(sentenceOf(problem))} `, element('code', {}, code)),
  );
  if (hint !== null) view.append(element('p', { className: 'hint' }, visible(hint)));
  view.setAttribute('role', 'alert');
  return view;
}

const SUBJECT = 'the input ';

/** Returns `app.tar: blobs/sha256/…: MESSAGE`, without the parts that the message names itself. */
function sentenceOf({ message, archive, file, offset }: Problem): string {
  const inside = [
    file === null || message.includes(file) ? null : file,
    offset === null || message.includes(`byte ${offset}`) ? null : `at byte ${offset}`,
  ].filter((part) => part !== null);
  if (archive !== null && inside.length === 0 && message.startsWith(SUBJECT))
    return `${archive} ${message.slice(SUBJECT.length)}`;
  const outer = archive === null || message.includes(archive) ? null : archive;
  return [outer, inside.join(' '), message].filter((part) => part !== null && part !== '').join(': ');
}

/** Shows whatever was thrown. */
export function failureView(error: unknown): HTMLElement {
  if (error instanceof Failure) return problemView(error.problem);
  const message = error instanceof Error ? error.message : String(error);
  const nowhere = { hint: null, archive: null, file: null, offset: null };
  return problemView({ code: 'ERR_LAYERS_INTERNAL', message, ...nowhere });
}
