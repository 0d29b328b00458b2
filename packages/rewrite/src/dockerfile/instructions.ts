import { dockerfileError } from './dockerfile-error.js';
import { execForm } from './exec-form.js';
import { expandWord, expandWords } from './expand-word.js';
import { type Healthcheck, parseHealthcheck } from './health-check.js';
import { blankName, parseKeyValues } from './key-values.js';
import { onBuildTrigger } from './on-build.js';
import { parsePorts } from './ports.js';
import { checkedStopSignal } from './stop-signal.js';
import { splitAtSpaces, trim } from './words.js';
import { resolveWorkdir } from './workdir.js';

/** A config to which instructions are applied, one after the other. */
export interface ConfigDraft {
  readonly isWindows: boolean;
  readonly escapeChar: string;
  user: string;
  workingDir: string;
  stopSignal: string;
  entrypoint: readonly string[] | null;
  cmd: readonly string[] | null;
  hasCmd: boolean;
  healthcheck: Healthcheck | null;
  readonly env: Map<string, string>;
  readonly labels: Map<string, string>;
  readonly exposedPorts: Set<string>;
  readonly volumes: Set<string>;
  readonly onBuild: string[];
}

/** An instruction without its name. */
export interface Instruction {
  readonly line: string;
  readonly flags: readonly string[];
  readonly text: string;
}

/** Changes the draft. Throws ERR_LAYERS_DOCKERFILE. */
type ApplyInstruction = (draft: ConfigDraft, instruction: Instruction) => void;

/** By lower-case names: the instructions of `docker import --change`, and STOPSIGNAL. */
export const INSTRUCTIONS: ReadonlyMap<string, ApplyInstruction> = new Map<string, ApplyInstruction>([
  ['cmd', applyCmd],
  ['entrypoint', applyEntrypoint],
  ['env', (draft, { text }) => applyPairs(draft, 'ENV', text, draft.env)],
  ['expose', applyExpose],
  ['healthcheck', applyHealthcheck],
  ['label', (draft, { text }) => applyPairs(draft, 'LABEL', text, draft.labels)],
  ['onbuild', applyOnBuild],
  ['stopsignal', applyStopSignal],
  ['user', applyUser],
  ['volume', applyVolume],
  ['workdir', applyWorkdir],
]);

function applyCmd(draft: ConfigDraft, { text }: Instruction): void {
  const words = execForm(text);
  draft.cmd = words ?? shellForm(draft, text);
  draft.hasCmd = words === undefined ? text !== '' : words.length > 0;
}

function applyEntrypoint(draft: ConfigDraft, { text }: Instruction): void {
  const words = execForm(text);
  const isEmpty = words === undefined ? text === '' : words.length === 0;
  draft.entrypoint = isEmpty ? null : (words ?? shellForm(draft, text));
  // As Docker does: a new entrypoint removes an empty command.
  if (!draft.hasCmd) draft.cmd = null;
}

function shellForm({ isWindows }: ConfigDraft, line: string): readonly string[] {
  const shell = defaultShell(isWindows);
  return line === '' ? shell : [...shell, line];
}

/** Returns the shell that runs commands in shell form if SHELL sets none. */
export function defaultShell(isWindows: boolean): readonly string[] {
  return isWindows ? ['cmd', '/S', '/C'] : ['/bin/sh', '-c'];
}

function applyPairs(
  draft: ConfigDraft,
  instruction: string,
  text: string,
  target: Map<string, string>,
): void {
  const expanded = parseKeyValues(instruction, text, draft.escapeChar).map((pair) =>
    pair.map((word) => expandWord(word, draft.env, draft.escapeChar)),
  );
  for (const [name = '', value = ''] of expanded) {
    if (name === '') throw blankName(instruction);
    target.set(name, value);
  }
}

function applyExpose(draft: ConfigDraft, { text }: Instruction): void {
  if (text === '') throw dockerfileError('EXPOSE requires at least one argument', 'write EXPOSE 80/tcp');
  const words = splitAtSpaces(text).flatMap((word) => expandWords(word, draft.env, draft.escapeChar));
  for (const port of words.flatMap((word) => parsePorts(word))) draft.exposedPorts.add(port);
}

function applyHealthcheck(draft: ConfigDraft, { flags, text }: Instruction): void {
  draft.healthcheck = parseHealthcheck(flags, text);
}

function applyOnBuild(draft: ConfigDraft, { line, text }: Instruction): void {
  draft.onBuild.push(onBuildTrigger(line, text, draft.escapeChar));
}

function applyUser(draft: ConfigDraft, { text }: Instruction): void {
  draft.user = singleWord(draft, 'USER', text);
}

function applyStopSignal(draft: ConfigDraft, { text }: Instruction): void {
  draft.stopSignal = checkedStopSignal(singleWord(draft, 'STOPSIGNAL', text));
}

function applyVolume(draft: ConfigDraft, { text }: Instruction): void {
  const words = execForm(text) ?? (text === '' ? [] : splitAtSpaces(text));
  if (words.length === 0) {
    throw dockerfileError('VOLUME requires at least one argument', 'write VOLUME /data or VOLUME ["/data"]');
  }
  for (const word of words) {
    const volume = expandWord(trim(word), draft.env, draft.escapeChar);
    if (volume === '') throw dockerfileError('VOLUME specified can not be an empty string');
    draft.volumes.add(volume);
  }
}

function applyWorkdir(draft: ConfigDraft, { text }: Instruction): void {
  draft.workingDir = resolveWorkdir(draft.workingDir, singleWord(draft, 'WORKDIR', text), draft.isWindows);
}

function singleWord(draft: ConfigDraft, instruction: string, text: string): string {
  if (text === '') throw dockerfileError(`${instruction} requires exactly one argument`);
  return expandWord(text, draft.env, draft.escapeChar);
}
