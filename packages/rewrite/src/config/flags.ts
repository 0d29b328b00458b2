import { parsePlatform } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { ConfigEdits } from './edits.js';
import { commandOf, pair, plainText, refuse, wordsOf } from './flag-values.js';
import { parseHealthcheck } from './healthcheck.js';
import { portKeys, portMatcher } from './ports.js';

/** The words of the command line that change a config, as they were given. */
export interface ConfigFlags {
  readonly setEnv?: readonly string[] | undefined;
  readonly unsetEnv?: readonly string[] | undefined;
  readonly label?: readonly string[] | undefined;
  readonly unsetLabel?: readonly string[] | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly unsetVolume?: readonly string[] | undefined;
  readonly expose?: readonly string[] | undefined;
  readonly unexpose?: readonly string[] | undefined;
  readonly annotation?: readonly string[] | undefined;
  readonly unsetAnnotation?: readonly string[] | undefined;
  readonly entrypoint?: string | undefined;
  readonly cmd?: string | undefined;
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  readonly stopSignal?: string | undefined;
  readonly healthcheck?: string | undefined;
  readonly shell?: string | undefined;
  readonly author?: string | undefined;
  readonly created?: string | undefined;
  readonly platform?: string | undefined;
  readonly unsetEntrypoint?: boolean | undefined;
  readonly unsetCmd?: boolean | undefined;
  readonly unsetUser?: boolean | undefined;
  readonly unsetWorkdir?: boolean | undefined;
  readonly unsetStopSignal?: boolean | undefined;
  readonly unsetHealthcheck?: boolean | undefined;
  readonly unsetShell?: boolean | undefined;
  readonly unsetAuthor?: boolean | undefined;
}

/** What the words ask for. */
export interface ParsedConfigFlags {
  readonly edits: ConfigEdits;
  /** For `editAnnotations`. */
  readonly setAnnotations: readonly (readonly [key: string, value: string])[];
  readonly unsetAnnotations: readonly string[];
}

/**
 * Turns words of the command line into edits. As in a Dockerfile and for `docker run`, an entrypoint that is set
 * without a command takes away the one that the image has, which was made for another.
 *
 * @throws LayersError ERR_LAYERS_USAGE, ERR_LAYERS_PLATFORM
 */
export function parseConfigFlags(flags: ConfigFlags): ParsedConfigFlags {
  const all = (flag: string, words: readonly string[] = []): readonly string[] =>
    words.map((word) => plainText(flag, word));
  const choice = <T>(
    flag: string,
    word: string | undefined,
    unset: boolean | undefined,
    parse: (flag: string, word: string) => T,
  ): T | null | undefined => {
    if (word !== undefined && unset) {
      throw new LayersError(
        'ERR_LAYERS_USAGE',
        `${flag} and ${flag.replace('--', '--unset-')} exclude each other`,
        {
          hint: 'give one of them',
        },
      );
    }
    return word === undefined ? (unset ? null : undefined) : parse(flag, word);
  };
  const entrypoint = choice('--entrypoint', flags.entrypoint, flags.unsetEntrypoint, commandOf);
  const cmd = choice('--cmd', flags.cmd, flags.unsetCmd, commandOf);
  const unexpose = all('--unexpose', flags.unexpose);
  const expose = all('--expose', flags.expose);
  // Only to refuse now what would be refused later.
  for (const word of expose) portKeys(word);
  for (const word of unexpose) portMatcher(word);
  const edits = defined({
    setEnv: flags.setEnv?.map((word) => pair('--set-env', word, false)),
    unsetEnv: flags.unsetEnv && all('--unset-env', flags.unsetEnv),
    setLabels: flags.label?.map((word) => pair('--label', word, true)),
    unsetLabels: flags.unsetLabel && all('--unset-label', flags.unsetLabel),
    addVolumes: flags.volume?.map(volumeOf),
    unsetVolumes: flags.unsetVolume && all('--unset-volume', flags.unsetVolume),
    addPorts: flags.expose && expose,
    unsetPorts: flags.unexpose && unexpose,
    entrypoint,
    cmd: cmd === undefined && entrypoint ? null : cmd,
    user: choice('--user', flags.user, flags.unsetUser, plainText),
    workdir: choice('--workdir', flags.workdir, flags.unsetWorkdir, plainText),
    stopSignal: choice('--stop-signal', flags.stopSignal, flags.unsetStopSignal, signalOf),
    healthcheck: choice('--healthcheck', flags.healthcheck, flags.unsetHealthcheck, (_, word) =>
      parseHealthcheck(word),
    ),
    shell: choice('--shell', flags.shell, flags.unsetShell, shellOf),
    author: choice('--author', flags.author, flags.unsetAuthor, plainText),
    created: flags.created === undefined ? undefined : createdOf('--created', flags.created),
    platform: flags.platform === undefined ? undefined : parsePlatform(flags.platform),
  });
  return {
    edits,
    setAnnotations: (flags.annotation ?? []).map((word) => pair('--annotation', word, false)),
    unsetAnnotations: all('--unset-annotation', flags.unsetAnnotation),
  };
}

/**
 * A time for `created`, in RFC 3339, out of seconds since 1970 such as SOURCE_DATE_EPOCH holds.
 *
 * @throws LayersError ERR_LAYERS_USAGE for times that no date can tell
 */
export function createdFromEpoch(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (
    !Number.isInteger(seconds) ||
    Number.isNaN(date.getTime()) ||
    seconds < 0 ||
    date.getUTCFullYear() > 9999
  ) {
    throw new LayersError('ERR_LAYERS_USAGE', `${seconds} seconds since 1970 are no date`, {
      hint: 'SOURCE_DATE_EPOCH is a whole number of seconds',
    });
  }
  return date.toISOString().replace('.000Z', 'Z');
}

const RFC_3339 =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

function createdOf(flag: string, word: string): string {
  if (/^[0-9]{1,15}$/.test(word)) return createdFromEpoch(Number(word));
  if (RFC_3339.test(word) && !Number.isNaN(Date.parse(word))) return word;
  refuse(flag, word, 'it is not a time', 'write 2024-01-31T12:00:00Z, or seconds since 1970');
}

function volumeOf(word: string): string {
  plainText('--volume', word);
  if (!/^(?:[A-Za-z]:)?[\\/]/.test(word)) {
    refuse('--volume', word, 'it is not a path from the root', `write /${word}`);
  }
  return word;
}

function signalOf(flag: string, word: string): string {
  const signal = plainText(flag, word);
  const number = /^[0-9]+$/.test(signal) ? Number(signal) : 1;
  if (!/^[A-Za-z0-9+-]+$/.test(signal) || number < 1 || number > 64) {
    refuse(flag, word, 'it is not a signal', 'write a name such as SIGTERM, or a number from 1 to 64');
  }
  return signal;
}

function shellOf(flag: string, word: string): readonly string[] {
  const words = wordsOf(word);
  if (words === undefined || words.length === 0) {
    refuse(flag, word, 'it is not a JSON list of strings', 'write ["/bin/bash", "-c"]');
  }
  return words;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without the keys whose values are undefined. */
function defined<T extends object>(object: T): Defined<T> {
  const result: Defined<T> = {};
  for (const key in object) {
    const value = object[key];
    if (isDefined(value)) result[key] = value;
  }
  return result;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
