import { parsePlatform } from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import { type ConfigEdits, portKeys, portMatcher, timeFromEpoch } from '@layers/rewrite/config';
import { checkedStopSignal, execForm, parseHealthcheckOption } from '@layers/rewrite/dockerfile';
import { asOption, commandOf, keyValue, plainText, refuse } from './flag-values.js';

/** The options of `layers config`, as the user wrote them. */
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

/** The changes that the options describe. */
export interface ParsedConfigFlags {
  readonly edits: ConfigEdits;
  readonly setAnnotations: readonly (readonly [key: string, value: string])[];
  readonly unsetAnnotations: readonly string[];
}

/**
 * Parses the options of `layers config`. As for `docker run`, an entrypoint without a command removes the command of
 * the image, which was meant for another entrypoint.
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
          hint: 'leave out one of them',
        },
      );
    }
    return word === undefined ? (unset ? null : undefined) : parse(flag, word);
  };
  const entrypoint = choice('--entrypoint', flags.entrypoint, flags.unsetEntrypoint, commandOf);
  const cmd = choice('--cmd', flags.cmd, flags.unsetCmd, commandOf);
  const unexpose = all('--unexpose', flags.unexpose);
  const expose = all('--expose', flags.expose);
  // Report a wrong port before the image is read.
  for (const word of expose) portKeys(word);
  for (const word of unexpose) portMatcher(word);
  const edits = defined({
    setEnv: flags.setEnv?.map((word) => keyValue('--set-env', word, { mayLackValue: false })),
    unsetEnv: flags.unsetEnv && all('--unset-env', flags.unsetEnv),
    setLabels: flags.label?.map((word) => keyValue('--label', word, { mayLackValue: true })),
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
    healthcheck: choice('--healthcheck', flags.healthcheck, flags.unsetHealthcheck, (flag, word) =>
      asOption(flag, word, parseHealthcheckOption),
    ),
    shell: choice('--shell', flags.shell, flags.unsetShell, shellOf),
    author: choice('--author', flags.author, flags.unsetAuthor, plainText),
    created: flags.created === undefined ? undefined : createdOf('--created', flags.created),
    platform: flags.platform === undefined ? undefined : parsePlatform(flags.platform),
  });
  return {
    edits,
    setAnnotations: (flags.annotation ?? []).map((word) =>
      keyValue('--annotation', word, { mayLackValue: false }),
    ),
    unsetAnnotations: all('--unset-annotation', flags.unsetAnnotation),
  };
}

const RFC_3339 =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/;

function createdOf(flag: string, word: string): string {
  if (/^[0-9]{1,15}$/.test(word)) return timeFromEpoch(Number(word));
  if (RFC_3339.test(word) && !Number.isNaN(Date.parse(word))) return word;
  refuse(flag, word, 'not a time', 'write 2024-01-31T12:00:00Z, or seconds since 1970');
}

function volumeOf(word: string): string {
  plainText('--volume', word);
  if (!/^(?:[A-Za-z]:)?[\\/]/.test(word)) {
    refuse('--volume', word, 'not an absolute path', `write /${word}`);
  }
  return word;
}

function signalOf(flag: string, word: string): string {
  return asOption(flag, word, (text) => checkedStopSignal(text, 'option'));
}

function shellOf(flag: string, word: string): readonly string[] {
  const words = asOption(flag, word, (text) => execForm(text, 'option'));
  if (words === undefined || words.length === 0) {
    refuse(flag, word, 'not a JSON list of strings', 'write ["/bin/bash", "-c"]');
  }
  return words;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Returns the object without the keys whose values are undefined. */
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
