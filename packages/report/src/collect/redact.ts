import type { ReportFacts } from '../data/report-data.js';

/** Stands for a value that is not shown. */
export const MASK = '****';

/** Removes secrets from a text. */
export type RedactText = (text: string) => string;

const BUILD_ARGUMENTS = /^(?:RUN\s+)?\|\d+ .*?(?= \/(?:usr\/)?bin\/|$)/s;
const ENV_OR_ARG = /^(?:(?:\/bin\/sh -c )?#\(nop\)\s+)?(?:ENV|ARG)\s/i;
const OLD_ENV = /^((?:(?:\/bin\/sh -c )?#\(nop\)\s+)?ENV\s+[^\s=]+\s+)[^=\s].*$/is;

/**
 * Removes the values of the environment and of build arguments from an instruction, and secrets from the rest: `ENV
 * TOKEN=abc` becomes `ENV TOKEN=****`.
 */
export function redactInstruction(instruction: string, redact: RedactText): string {
  const [buildArguments] = BUILD_ARGUMENTS.exec(instruction) ?? [];
  if (buildArguments !== undefined)
    return maskAssignments(buildArguments) + redact(instruction.slice(buildArguments.length));
  if (!ENV_OR_ARG.test(instruction)) return redact(instruction);
  return OLD_ENV.test(instruction) ? instruction.replace(OLD_ENV, `$1${MASK}`) : maskAssignments(instruction);
}

/** Masks what follows each name with an equals sign, up to the next name: values may contain spaces. */
function maskAssignments(text: string): string {
  const names = [...text.matchAll(/(?:^|\s)[A-Za-z_][A-Za-z0-9_.-]*=/g)];
  let result = '';
  let at = 0;
  for (const [i, match] of names.entries()) {
    const start = match.index + match[0].length;
    const end = names[i + 1]?.index ?? text.length;
    result += text.slice(at, start) + (end > start ? MASK : '');
    at = end;
  }
  return result + text.slice(at);
}

/** Fields with an instruction. */
const INSTRUCTIONS = new Set(['instruction', 'createdBy', 'storedBy', 'unreachableBy']);
/** Fields with other text of the image. */
const TEXTS = new Set(['comment', 'author', 'problem', 'fix', 'example', 'message', 'created']);

/** Removes the values of the environment and of the history from what a report says. */
export function redactFacts(facts: ReportFacts, redact: RedactText): ReportFacts {
  const hidden = { ...facts, showsValues: false };
  return JSON.parse(JSON.stringify(hidden, replace));

  function replace(key: string, value: unknown): unknown {
    if (key === 'config' && typeof value === 'object' && value !== null) return withoutValues(value, redact);
    if (typeof value !== 'string') return value;
    if (INSTRUCTIONS.has(key)) return redactInstruction(value, redact);
    return TEXTS.has(key) ? redact(value) : value;
  }
}

/** Removes values of the environment, and secrets, from the config of an image or from its changes. */
function withoutValues(config: object, redact: RedactText): unknown {
  return JSON.parse(
    JSON.stringify(config, (key, value: unknown) => {
      if (key === 'Env' && Array.isArray(value)) return value.map(maskValue);
      if (isEnvChange(value)) return maskedChange(value);
      if (Array.isArray(value)) return withoutArguments(value);
      return typeof value === 'string' ? redactInstruction(value, redact) : value;
    }),
  );
}

/** Masks the values of build arguments in a command, as of `container_config`: `|1`, `TOKEN=abc`, `/bin/sh`, `-c`. */
function withoutArguments(command: readonly unknown[]): readonly unknown[] {
  const [, count = '0'] = /^\|(\d+)$/.exec(String(command[0])) ?? [];
  return command.map((word, i) => (i > 0 && i <= Number(count) ? maskValue(word) : word));
}

function maskValue(variable: unknown): unknown {
  return typeof variable === 'string' ? variable.replace(/=.*$/s, `=${MASK}`) : variable;
}

type EnvChange = Readonly<Record<'a' | 'b', unknown>>;

/** Whether this is a change of the environment, as a comparison has it. */
function isEnvChange(value: unknown): value is EnvChange {
  if (typeof value !== 'object' || value === null || !('field' in value)) return false;
  return typeof value.field === 'string' && value.field.endsWith('.Env');
}

function maskedChange(change: EnvChange): object {
  const masked = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(maskValue) : value === undefined ? undefined : MASK;
  return { ...change, a: masked(change.a), b: masked(change.b) };
}
