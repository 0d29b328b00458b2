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

/** What can be filtered while a filter is typed. */
interface Filterable {
  readonly filter: Filter;
  /** Shows what a filter selects. */
  readonly set: (filter: Filter) => void;
  /** Returns from another filter to the one before. */
  readonly reset: (filter: Filter) => void;
  /** Returns why a filter cannot be used; null where it can. */
  readonly refusalOf?: (filter: Filter) => string | null;
  /** Is called at the end, with the new filter. */
  readonly onDone?: (filter: Filter) => Action;
}

/**
 * Asks for a word, and searches it at each key.
 *
 * @param elsewhere says where to search too, if nothing matches
 */
export function askSearch(searched: Searchable, elsewhere = ''): Action {
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
      note: () => {
        const { found } = searched;
        if (found === null) return null;
        return found.count === 0 ? `no match${elsewhere}` : `${found.count} found`;
      },
    },
  };
}

/** Asks for a filter, and shows at each key what it selects. Reports a wrong word at the end. */
export function askFilter(filtered: Filterable, layers: readonly NamedLayer[]): Action {
  const before = filtered.filter;
  let shown = before;
  const parse = (text: string): ReturnType<typeof parseFilter> => {
    const filter = parseFilter(text, layers);
    const problem = 'problem' in filter ? null : (filtered.refusalOf?.(filter) ?? null);
    return problem === null ? filter : { problem };
  };
  const show = (filter: Filter): void => {
    if (filter.text !== shown.text) filtered.set(filter);
    shown = filter;
  };
  const onCancel = (): void => {
    if (shown.text !== before.text) filtered.reset(before);
  };
  return {
    kind: 'ask',
    question: {
      line: new Prompt('filter: ', before.text),
      onChange: (text) => {
        const filter = parse(text);
        if (!('problem' in filter)) show(filter);
        return null;
      },
      onAnswer: (text) => {
        const filter = parse(text);
        if ('problem' in filter) {
          onCancel();
          return say(filter.problem, true);
        }
        show(filter);
        return filtered.onDone?.(filter) ?? DONE;
      },
      onCancel,
    },
  };
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

/** Returns the note about a search: which match the cursor is on, or where to search too. */
export function searchNote(
  found: { readonly count: number; readonly position: number } | null,
  word: string,
  elsewhere = '',
): string | null {
  if (found === null) return null;
  if (found.count === 0) return `${word}: no match${elsewhere}  Esc ends`;
  return `${word}: ${found.position} of ${found.count}  n next  N previous  Esc ends`;
}
