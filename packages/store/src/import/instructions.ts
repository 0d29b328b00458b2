import { dockerfileError } from './dockerfile-error.js';
import { execForm } from './exec-form.js';
import { expandWord, expandWords } from './expand-word.js';
import { healthcheckOf, type ImportedHealthcheck } from './health-check.js';
import { blankName, nameValues } from './name-values.js';
import { onBuildOf } from './on-build.js';
import { portsOf } from './port-specs.js';
import { splitAtSpaces, trim } from './spaces.js';
import { stopSignalOf } from './stop-signal.js';
import { workingFolder } from './working-folder.js';

/** A config that is being made. */
export interface Draft {
  readonly windows: boolean;
  readonly escapeChar: string;
  user: string;
  workingDir: string;
  stopSignal: string;
  entrypoint: readonly string[] | null;
  cmd: readonly string[] | null;
  hasCmd: boolean;
  healthcheck: ImportedHealthcheck | null;
  readonly env: Map<string, string>;
  readonly labels: Map<string, string>;
  readonly exposedPorts: Set<string>;
  readonly volumes: Set<string>;
  readonly onBuild: string[];
}

/** An instruction without its name and flags. */
export interface Instruction {
  readonly line: string;
  readonly flags: readonly string[];
  readonly text: string;
}

/** Changes the draft. Throws ERR_LAYERS_DOCKERFILE. */
type Make = (draft: Draft, instruction: Instruction) => void;

/** By their names in small letters: what Docker takes, and STOPSIGNAL. */
export const INSTRUCTIONS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['cmd', makeCmd],
  ['entrypoint', makeEntrypoint],
  ['env', (draft, { text }) => makePairs(draft, 'ENV', text, draft.env)],
  ['expose', makeExpose],
  ['healthcheck', makeHealthcheck],
  ['label', (draft, { text }) => makePairs(draft, 'LABEL', text, draft.labels)],
  ['onbuild', makeOnBuild],
  ['stopsignal', makeStopSignal],
  ['user', makeUser],
  ['volume', makeVolume],
  ['workdir', makeWorkdir],
]);

function makeCmd(draft: Draft, { text }: Instruction): void {
  const words = execForm(text);
  draft.cmd = words ?? shellForm(draft, text);
  draft.hasCmd = words === undefined ? text !== '' : words.length > 0;
}

function makeEntrypoint(draft: Draft, { text }: Instruction): void {
  const words = execForm(text);
  const isEmpty = words === undefined ? text === '' : words.length === 0;
  draft.entrypoint = isEmpty ? null : (words ?? shellForm(draft, text));
  // An empty command was made for no entrypoint or another one.
  if (!draft.hasCmd) draft.cmd = null;
}

function shellForm({ windows }: Draft, line: string): readonly string[] {
  const shell = windows ? ['cmd', '/S', '/C'] : ['/bin/sh', '-c'];
  return line === '' ? shell : [...shell, line];
}

function makePairs(draft: Draft, instruction: string, text: string, target: Map<string, string>): void {
  const expanded = nameValues(instruction, text, draft.escapeChar).map((pair) =>
    pair.map((word) => expandWord(word, draft.env, draft.escapeChar)),
  );
  for (const [name = '', value = ''] of expanded) {
    if (name === '') throw blankName(instruction);
    target.set(name, value);
  }
}

function makeExpose(draft: Draft, { text }: Instruction): void {
  if (text === '') throw dockerfileError('EXPOSE requires at least one argument', 'write EXPOSE 80/tcp');
  const words = splitAtSpaces(text).flatMap((word) => expandWords(word, draft.env, draft.escapeChar));
  for (const port of words.flatMap(portsOf)) draft.exposedPorts.add(port);
}

function makeHealthcheck(draft: Draft, { flags, text }: Instruction): void {
  draft.healthcheck = healthcheckOf(flags, text);
}

function makeOnBuild(draft: Draft, { line, text }: Instruction): void {
  draft.onBuild.push(onBuildOf(line, text, draft.escapeChar));
}

function makeUser(draft: Draft, { text }: Instruction): void {
  draft.user = oneWord(draft, 'USER', text);
}

function makeStopSignal(draft: Draft, { text }: Instruction): void {
  draft.stopSignal = stopSignalOf(oneWord(draft, 'STOPSIGNAL', text));
}

function makeVolume(draft: Draft, { text }: Instruction): void {
  const words = execForm(text) ?? (text === '' ? [] : splitAtSpaces(text));
  if (words.length === 0) {
    throw dockerfileError(
      'VOLUME requires at least one argument',
      'write VOLUME /folder or VOLUME ["/folder"]',
    );
  }
  for (const word of words) {
    const volume = expandWord(trim(word), draft.env, draft.escapeChar);
    if (volume === '') throw dockerfileError('VOLUME specified can not be an empty string');
    draft.volumes.add(volume);
  }
}

function makeWorkdir(draft: Draft, { text }: Instruction): void {
  draft.workingDir = workingFolder(draft.workingDir, oneWord(draft, 'WORKDIR', text), draft.windows);
}

function oneWord(draft: Draft, instruction: string, text: string): string {
  if (text === '') throw dockerfileError(`${instruction} requires exactly one argument`);
  return expandWord(text, draft.env, draft.escapeChar);
}
