import { type Filter, type NamedLayer, parseFilter } from '../tree/filter.js';
import { Prompt } from './prompt.js';
import { type Action, DONE, say } from './view.js';

/** What can be searched while a word is typed. */
interface Searchable {
  readonly found: { readonly count: number } | null;
  search(word: string): void;
  endSearch(isKept: boolean): void;
  nextMatch(step: 1 | -1): boolean;
}

/** Asks for a word, and searches it at each key. */
export function askSearch(searched: Searchable): Action {
  return {
    kind: 'ask',
    question: {
      line: new Prompt('/'),
      onChange: (text) => {
        searched.search(text);
        return null;
      },
      onAnswer: () => {
        searched.endSearch(true);
        return DONE;
      },
      onCancel: () => searched.endSearch(false),
      onKey: (key) => {
        if (key !== 'up' && key !== 'down') return false;
        searched.nextMatch(key === 'down' ? 1 : -1);
        return true;
      },
      note: () => (searched.found === null ? null : `${searched.found.count} found`),
    },
  };
}

/** Asks for a filter; `use` gets it where its words are right. */
export function askFilter(
  text: string,
  layers: readonly NamedLayer[],
  use: (filter: Filter) => Action,
): Action {
  const onAnswer = (answer: string): Action => {
    const filter = parseFilter(answer, layers);
    return 'problem' in filter ? say(filter.problem, true) : use(filter);
  };
  return { kind: 'ask', question: { line: new Prompt('filter: ', text), onAnswer } };
}

/** Asks for a line, such as the name of a file. An empty one does nothing. */
export function askLine(label: string, text: string, use: (answer: string) => Action): Action {
  return {
    kind: 'ask',
    question: {
      line: new Prompt(label, text),
      onAnswer: (answer) => (answer === '' ? DONE : use(answer)),
    },
  };
}

/** Returns the note about a search: which match the cursor is on. */
export function searchNote(
  found: { readonly count: number; readonly position: number } | null,
  word: string,
): string | null {
  if (found === null) return null;
  const text = found.count === 0 ? 'no match' : `${found.position} of ${found.count}`;
  return `${word}: ${text}  n next  N previous  Esc ends`;
}
