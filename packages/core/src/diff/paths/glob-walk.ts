import { ANYTHING, type Glob, type GlobPart } from './glob.js';

/** What patterns take; paths are from the root without a leading slash, and the root itself is empty. */
export interface GlobWalk {
  /** Whether a pattern takes the path or a directory above it. */
  readonly takes: (path: string) => boolean;
  /** Whether everything below a directory is taken, as far as that is told by `**` or by what it is itself. */
  readonly takesAllBelow: (directory: string) => boolean;
  /** Whether something below a directory could be taken. */
  readonly mayTakeBelow: (directory: string) => boolean;
}

interface State {
  readonly taken: boolean;
  /** The parts that the next name may match, in order. */
  readonly waiting: readonly number[];
}

interface Step extends GlobPart {
  /** Where the glob that it is of begins. */
  readonly first: number;
  readonly isLast: boolean;
}

const TAKEN: State = { taken: true, waiting: [] };

/**
 * Follows all globs at once, name by name, and keeps what it knows of the directories down to the last one asked
 * about. A name takes time with the parts it is held against, a path with the names that it does not share with the
 * one before. Nothing is tried twice, whatever patterns and paths are.
 */
export function createGlobWalk(globs: readonly Glob[]): GlobWalk {
  const steps = stepsOf(globs);
  const start: State = globs.some(({ length }) => length === 0)
    ? TAKEN
    : { taken: false, waiting: steps.flatMap(({ first }, at) => (first === at ? [at] : [])) };

  let known = '';
  let names: string[] = [];
  const states: State[] = [start];

  const stateOf = (directory: string): State => {
    if (start.taken || steps.length === 0) return start;
    if (directory !== known) {
      const asked = directory === '' ? [] : directory.split('/');
      let shared = 0;
      while (shared < asked.length && asked[shared] === names[shared]) shared++;
      states.length = shared + 1;
      for (const name of asked.slice(shared)) states.push(stateAfter(steps, states.at(-1) ?? start, name));
      known = directory;
      names = asked;
    }
    return states.at(-1) ?? start;
  };

  /** It is asked for what may have nothing below it, so what is known of its siblings is kept. */
  const stateBelow = (path: string): State => {
    if (path === '' || path === known) return stateOf(path);
    return stateAfter(steps, stateOf(parentOf(path)), nameOf(path));
  };

  return {
    takes(path) {
      if (path === '') return start.taken;
      const state = stateOf(parentOf(path));
      return state.taken || takesName(steps, state, nameOf(path));
    },
    takesAllBelow(directory) {
      const { taken, waiting } = stateBelow(directory);
      return taken || waiting.some((at) => steps[at]?.matches === ANYTHING.matches);
    },
    mayTakeBelow(directory) {
      const { taken, waiting } = stateBelow(directory);
      return taken || waiting.length > 0;
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

function takesName(steps: readonly Step[], { waiting }: State, name: string): boolean {
  return waiting.some((at) => {
    const step = steps[at];
    return step?.isLast === true && step.matches(name);
  });
}

function stateAfter(steps: readonly Step[], state: State, name: string): State {
  if (state.taken || state.waiting.length === 0) return state;
  const waiting: number[] = [];
  const wait = (at: number): void => {
    const step = steps[at];
    if (step === undefined || waiting.at(-1) === at) return;
    // A part that may come after any names leads to all that the parts before it could still lead to.
    if (step.anyBefore) while ((waiting.at(-1) ?? -1) >= step.first) waiting.pop();
    waiting.push(at);
  };
  for (const at of state.waiting) {
    const step = steps[at];
    if (step === undefined) continue;
    if (step.anyBefore) wait(at);
    if (!step.matches(name)) continue;
    if (step.isLast) return TAKEN;
    wait(at + 1);
  }
  // Deep trees mostly repeat a state; one copy of it is enough.
  return isSame(waiting, state.waiting) ? state : { taken: false, waiting };
}

const isSame = (x: readonly number[], y: readonly number[]): boolean =>
  x.length === y.length && x.every((value, i) => value === y[i]);
