import { type Healthcheck, parseInstructions, type RunConfig } from '@layers/rewrite/dockerfile';
import type { Pair } from './pairs.js';
import { execList, isShellForm, NO_ARGUMENT, quoteListWord, quoteWord } from './quote.js';

/** Writes the instructions that set fields of a config. Returns null for values that no instruction can set. */
export class SettingWriter {
  readonly #escapeChar: string;
  readonly #isWindows: boolean;

  constructor(escapeChar: string, isWindows: boolean) {
    this.#escapeChar = escapeChar;
    this.#isWindows = isWindows;
  }

  env(pairs: readonly Pair[]): string | null {
    return this.#pairs('ENV', pairs, ({ env }) => env);
  }

  label(pairs: readonly Pair[]): string | null {
    return this.#pairs('LABEL', pairs, ({ labels }) => labels);
  }

  argument(name: string, value: string | null): string | null {
    if (!/^[A-Za-z_]\w*$/.test(name)) return null;
    const word = value === null ? null : quoteWord(value, this.#escapeChar);
    return word === null ? `ARG ${name}` : `ARG ${name}=${word}`;
  }

  expose(ports: readonly string[]): string | null {
    return this.#checked(`EXPOSE ${ports.join(' ')}`, ({ exposedPorts }) => hasAll(exposedPorts, ports));
  }

  volume(paths: readonly string[]): string | null {
    const words = paths.flatMap((path) => quoteListWord(path, this.#escapeChar) ?? []);
    if (words.length < paths.length) return null;
    return this.#checked(`VOLUME ${execList(words, this.#escapeChar)}`, ({ volumes }) =>
      hasAll(volumes, paths),
    );
  }

  user(name: string): string | null {
    return this.#word('USER', name, ({ user }) => user);
  }

  workdir(path: string): string | null {
    return this.#word('WORKDIR', path, ({ workingDir }) => workingDir);
  }

  stopSignal(signal: string): string | null {
    return this.#word('STOPSIGNAL', signal, ({ stopSignal }) => stopSignal);
  }

  cmd(words: readonly string[] | null): string | null {
    return this.#list('CMD', words ?? [], ({ cmd }) => cmd);
  }

  entrypoint(words: readonly string[] | null): string | null {
    return this.#list('ENTRYPOINT', words ?? [], ({ entrypoint }) => entrypoint);
  }

  shell(words: readonly string[]): string | null {
    return words.length === 0 || words.some((word) => NO_ARGUMENT.test(word))
      ? null
      : `SHELL ${execList(words, this.#escapeChar)}`;
  }

  onBuild(trigger: string): string | null {
    const isName =
      /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR) /i;
    if (!isName.test(trigger) || !isShellForm(trigger, this.#escapeChar)) return null;
    return this.#checked(`ONBUILD ${trigger}`, ({ onBuild }) => onBuild.join() === trigger);
  }

  healthcheck(check: Healthcheck | null): string | null {
    const [kind, ...words] = check?.Test ?? ['NONE'];
    if (check === null || (kind === 'NONE' && words.length === 0)) return 'HEALTHCHECK NONE';
    const [command = ''] = words;
    let test: string;
    if (kind === 'CMD' && words.length > 0) test = execList(words, this.#escapeChar);
    else if (kind === 'CMD-SHELL' && words.length === 1 && isShellForm(command, this.#escapeChar))
      test = command;
    else return null;
    const flags = [
      ['interval', check.Interval],
      ['timeout', check.Timeout],
      ['start-period', check.StartPeriod],
      ['start-interval', check.StartInterval],
    ] as const;
    const times = flags.flatMap(([flag, time]) =>
      time === undefined ? [] : [`--${flag}=${durationText(time)} `],
    );
    const retries = check.Retries === undefined ? '' : `--retries=${check.Retries} `;
    const line = `HEALTHCHECK ${times.join('')}${retries}CMD ${test}`;
    return this.#checked(
      line,
      ({ healthcheck }) => JSON.stringify(sorted(healthcheck)) === JSON.stringify(sorted(check)),
    );
  }

  /** Returns what lines set, as docker reads them. */
  read(lines: readonly string[]): RunConfig {
    const directive = this.#escapeChar === '\\' ? [] : [`# escape=${this.#escapeChar}`];
    return parseInstructions(
      lines.length === 0 ? [] : [...directive, ...lines],
      this.#isWindows ? 'windows' : 'linux',
    );
  }

  #pairs(
    name: 'ENV' | 'LABEL',
    pairs: readonly Pair[],
    read: (config: RunConfig) => ReadonlyMap<string, string>,
  ): string | null {
    if (pairs.length === 0) return null;
    const words = pairs.map((pair) => pair.map((text) => quoteWord(text, this.#escapeChar)));
    if (words.flat().includes(null)) return null;
    const line = `${name} ${words.map(([key, value]) => `${key}=${value}`).join(' ')}`;
    const wanted = new Map(pairs);
    return this.#checked(line, (config) => {
      const found = read(config);
      return found.size === wanted.size && [...wanted].every(([key, value]) => found.get(key) === value);
    });
  }

  #list(
    name: string,
    words: readonly string[],
    read: (config: RunConfig) => readonly string[] | null,
  ): string | null {
    const line = `${name} ${execList(words, this.#escapeChar)}`;
    return this.#checked(line, (config) => JSON.stringify(read(config) ?? []) === JSON.stringify(words));
  }

  #word(name: string, text: string, read: (config: RunConfig) => string): string | null {
    const word = quoteWord(text, this.#escapeChar);
    return word === null ? null : this.#checked(`${name} ${word}`, (config) => read(config) === text);
  }

  /** Returns a line if docker accepts it, and reads what it was written for. */
  #checked(line: string, isRight: (config: RunConfig) => boolean): string | null {
    try {
      return isRight(this.read([line])) ? line : null;
    } catch {
      return null;
    }
  }
}

function hasAll(found: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return found.size === new Set(wanted).size && wanted.every((each) => found.has(each));
}

function sorted(value: object | null): unknown {
  return Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

const UNITS = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
] as const;

/** Returns nanoseconds in Go's syntax of durations, in the largest unit of which they are a multiple. */
function durationText(ns: number): string {
  const [unit, length] = UNITS.find(([, each]) => ns % each === 0) ?? ['ns', 1];
  return `${ns / length}${unit}`;
}
