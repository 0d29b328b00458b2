import { flagValues, takeFlags } from './builder-flags.js';
import { dockerfileError, inInstruction } from './dockerfile-error.js';
import { type Draft, INSTRUCTIONS } from './instructions.js';
import { logicalLines } from './logical-lines.js';
import type { RunConfig } from './run-config.js';
import { firstWord, trim } from './spaces.js';

/**
 * What instructions in the syntax of a Dockerfile make of an empty config, as `docker import --change` takes them: CMD,
 * ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR, in any case. Each text may
 * hold several lines, and a line may go on in the next text. `$name` stands for what an ENV before it has set.
 *
 * @param os decides the shell of commands that are lines, and how folders are joined
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function parseChanges(changes: readonly string[], os = 'linux'): RunConfig {
  const { lines, escapeChar } = logicalLines(changes.join('\n'));
  if (changes.length > 0 && lines.length === 0) throw dockerfileError('the changes hold no instructions');
  const draft: Draft = {
    windows: os === 'windows',
    escapeChar,
    user: '',
    workingDir: '',
    stopSignal: '',
    entrypoint: null,
    cmd: null,
    hasCmd: false,
    healthcheck: null,
    env: new Map(),
    labels: new Map(),
    exposedPorts: new Set(),
    volumes: new Set(),
    onBuild: [],
  };
  for (const line of lines) {
    try {
      makeOne(draft, line);
    } catch (error) {
      throw inInstruction(error, line);
    }
  }
  return draft;
}

function makeOne(draft: Draft, line: string): void {
  const [word, rest] = firstWord(trim(line));
  const name = word.toLowerCase();
  const make = INSTRUCTIONS.get(name);
  if (make === undefined) {
    throw dockerfileError(
      `${name} is not a valid change command`,
      `the instructions are ${[...INSTRUCTIONS.keys()].join(', ').toUpperCase()}`,
    );
  }
  const { words: flags, rest: text } = takeFlags(rest ?? '', draft.escapeChar);
  if (name !== 'healthcheck') flagValues(flags, []);
  make(draft, { line, flags, text });
}
