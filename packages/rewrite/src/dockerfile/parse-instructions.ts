import { dockerfileError, inInstruction } from './dockerfile-error.js';
import { flagValues, splitFlags } from './instruction-flags.js';
import { type ConfigDraft, INSTRUCTIONS } from './instructions.js';
import { logicalLines } from './logical-lines.js';
import type { RunConfig } from './run-config.js';
import { firstWord, trim } from './words.js';

/**
 * Applies Dockerfile instructions to an empty config, as `docker import --change` does: CMD, ENTRYPOINT, ENV, EXPOSE,
 * HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR, in any case. A text may have several lines, and a line
 * may continue in the next text. `$name` is replaced by the value that an earlier ENV sets.
 *
 * @param os decides the shell of commands in shell form, and how paths are joined
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function parseInstructions(texts: readonly string[], os = 'linux'): RunConfig {
  const { lines, escapeChar } = logicalLines(texts.join('\n'));
  if (texts.length > 0 && lines.length === 0) throw dockerfileError('no instructions found');
  const draft: ConfigDraft = {
    isWindows: os === 'windows',
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
      applyLine(draft, line);
    } catch (error) {
      throw inInstruction(error, line);
    }
  }
  return draft;
}

function applyLine(draft: ConfigDraft, line: string): void {
  const [word, rest] = firstWord(trim(line));
  const name = word.toLowerCase();
  const apply = INSTRUCTIONS.get(name);
  if (apply === undefined) {
    throw dockerfileError(
      `${name} is not a valid change command`,
      `the instructions are ${[...INSTRUCTIONS.keys()].join(', ').toUpperCase()}`,
    );
  }
  const { flags, text } = splitFlags(rest ?? '', draft.escapeChar);
  if (name !== 'healthcheck') flagValues(flags, []);
  apply(draft, { line, flags, text });
}
