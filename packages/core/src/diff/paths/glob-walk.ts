import { ANYTHING, type Glob, type GlobPart } from './glob.js';

/** Matches paths against patterns. Paths are relative to the root, without a leading slash; the root is empty. */
export interface GlobWalk {
  /** Whether a pattern matches the path or a directory above it. */
  readonly matches: (path: string) => boolean;
  /** Whether all descendants match: because a pattern ends with `**`, or matches the directory itself. */
  readonly matchesAllBelow: (directory: string) => boolean;
  /** Whether a descendant can match. */
  readonly mayMatchBelow: (directory: string) => boolean;
}

interface State {
  /** Whether a pattern matched the directory. */
  readonly matched: boolean;
  /** The steps that the next name may match, in order. */
  readonly next: readonly number[];
}

interface Step extends GlobPart {
  /** The first step of the same glob. */
  readonly first: number;
  readonly isLast: boolean;
}

const MATCHED: State = { matched: true, next: [] };

/**
 * Follows all globs at once, name by name, and keeps the states of the directories down to the last queried one. So
 * a path costs only the names that it does not share with the previous path, and a name the steps it is compared
 * with. There is no backtracking, whatever the patterns and paths are.
 *
 * @param isExact whether a pattern that matches a directory matches nothing below it
 */
export function createGlobWalk(globs: readonly Glob[], isExact = false): GlobWalk {
  const steps = stepsOf(globs);
  const matchesRoot = globs.some(({ length }) => length === 0);
  const start: State =
    matchesRoot && !isExact
      ? MATCHED
      : { matched: false, next: steps.flatMap(({ first }, at) => (first === at ? [at] : [])) };
  const stateAfter = (state: State, name: string): State => nextState(steps, state, name, isExact);

  let known = '';
  let names: string[] = [];
  const states: State[] = [start];

  const stateOf = (directory: string): State => {
    if (start.matched || steps.length === 0) return start;
    if (directory !== known) {
      const parts = directory === '' ? [] : directory.split('/');
      let shared = 0;
      while (shared < parts.length && parts[shared] === names[shared]) shared++;
      states.length = shared + 1;
      for (const name of parts.slice(shared)) states.push(stateAfter(states.at(-1) ?? start, name));
      known = directory;
      names = parts;
    }
    return states.at(-1) ?? start;
  };

  /** The path may not be a directory, so this keeps the states of its siblings. */
  const stateBelow = (path: string): State => {
    if (path === '' || path === known) return stateOf(path);
    return stateAfter(stateOf(parentOf(path)), nameOf(path));
  };

  return {
    matches(path) {
      if (path === '') return matchesRoot;
      const state = stateOf(parentOf(path));
      return state.matched || matchesName(steps, state, nameOf(path));
    },
    matchesAllBelow(directory) {
      const { matched, next } = stateBelow(directory);
      return matched || next.some((at) => steps[at]?.matches === ANYTHING.matches);
    },
    mayMatchBelow(directory) {
      const { matched, next } = stateBelow(directory);
      return matched || next.length > 0;
    },
  };
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function stepsOf(globs: readonly Glob[]): Step[] {
  const steps: Step[] = [];
  for (const glob of globs) {
    const first = steps.length;
    for (const part of glob) steps.push({ ...part, first, isLast: steps.length === first + glob.length - 1 });
  }
  return steps;
}

function matchesName(steps: readonly Step[], { next }: State, name: string): boolean {
  return next.some((at) => {
    const step = steps[at];
    return step?.isLast === true && step.matches(name);
  });
}

function nextState(steps: readonly Step[], state: State, name: string, isExact: boolean): State {
  if (state.matched || state.next.length === 0) return state;
  const next: number[] = [];
  const add = (at: number): void => {
    const step = steps[at];
    if (step === undefined || next.at(-1) === at) return;
    // A step that any names may precede covers everything that earlier steps of its glob can still match.
    if (step.anyBefore) while ((next.at(-1) ?? -1) >= step.first) next.pop();
    next.push(at);
  };
  for (const at of state.next) {
    const step = steps[at];
    if (step === undefined) continue;
    if (step.anyBefore) add(at);
    if (!step.matches(name)) continue;
    if (!step.isLast) add(at + 1);
    else if (!isExact || step.matches === ANYTHING.matches) return MATCHED;
  }
  // Deep trees mostly repeat a state; one copy is enough.
  return isSame(next, state.next) ? state : { matched: false, next };
}

const isSame = (x: readonly number[], y: readonly number[]): boolean =>
  x.length === y.length && x.every((value, i) => value === y[i]);
