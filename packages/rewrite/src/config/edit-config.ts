import { defaultShell } from '../dockerfile/instructions.js';
import { cleanWorkdir, isAbsoluteWorkdir, resolveWorkdir } from '../dockerfile/workdir.js';
import { editEnv, editKeys, editLabels } from './edit-lists.js';
import type { Command, ConfigEdits, PlatformEdit } from './edits.js';
import { matchesAny } from './name-glob.js';
import { fullPort, portKeys, portMatcher } from './ports.js';
import {
  EMPTY_OBJECT,
  memberOf,
  parseRawJson,
  plainJson,
  type RawJson,
  type RawObject,
  rawJsonOf,
  rawJsonText,
  withMember,
  wrongConfig,
} from './raw-json.js';

/**
 * Edits an image config (OCI config.md). Keeps everything else exactly as it is written: unknown fields, the order of keys,
 * numbers of any size. Returns `configBytes` if nothing changes, otherwise JSON without spaces, as Docker writes it.
 *
 * @throws LayersError ERR_LAYERS_JSON; ERR_LAYERS_CONFIG for an edited field of the wrong type; ERR_LAYERS_USAGE for text
 *   that is not a port; ERR_LAYERS_DOCKERFILE for an empty `workdir`, and a drive without a directory
 */
export function editConfig(configBytes: Uint8Array, edits: ConfigEdits): Uint8Array {
  const before = parseConfigObject(configBytes);
  let document = before;
  for (const key of ['author', 'created'] as const) document = withText(document, key, edits[key]);
  if (edits.platform !== undefined) document = withPlatform(document, edits.platform);
  const old = objectIn(document, 'config', 'config');
  const config = editExecution(old ?? EMPTY_OBJECT, edits, isForWindows(document));
  if (config !== (old ?? EMPTY_OBJECT)) document = withMember(document, 'config', config);
  return bytesUnlessSame(configBytes, before, document);
}

/** Returns a config with a creation time in RFC 3339; unchanged without one. Throws as {@link editConfig} does. */
export function createdAt(configBytes: Uint8Array, created: string | undefined): Uint8Array {
  return created === undefined ? configBytes : editConfig(configBytes, { created });
}

/** Parses a config. Throws ERR_LAYERS_JSON, and ERR_LAYERS_CONFIG if it is not an object. */
export function parseConfigObject(configBytes: Uint8Array): RawObject {
  const document = parseRawJson(configBytes, 'the image config');
  if (document.kind !== 'object') throw wrongConfig('not an object');
  return document;
}

/** Returns the edited document as bytes; `bytes` if it is the same. */
export function bytesUnlessSame(bytes: Uint8Array, before: RawObject, after: RawObject): Uint8Array {
  const text = rawJsonText(after);
  return text === rawJsonText(before) ? bytes : Buffer.from(text);
}

/** Returns an object within another; undefined if it is absent or null. Throws ERR_LAYERS_CONFIG for another type. */
export function objectIn(object: RawObject, key: string, path: string): RawObject | undefined {
  const value = memberOf(object, key);
  if (value !== undefined && value.kind !== 'object') throw wrongConfig(`${path} is not an object`);
  return value;
}

function editExecution(before: RawObject, edits: ConfigEdits, isWindows: boolean): RawObject {
  const { setEnv = [], unsetEnv = [], setLabels = [], unsetLabels = [] } = edits;
  const { addVolumes = [], unsetVolumes = [], addPorts = [], unsetPorts = [] } = edits;
  let config = before;
  // A field without edits is not parsed: it may have the wrong type.
  if (setEnv.length + unsetEnv.length > 0) config = editEnv(config, setEnv, matchesAny(unsetEnv));
  if (setLabels.length + unsetLabels.length > 0) {
    config = editLabels(config, setLabels, matchesAny(unsetLabels));
  }
  if (addVolumes.length + unsetVolumes.length > 0) {
    config = editKeys(config, 'Volumes', addVolumes, matchesAny(unsetVolumes));
  }
  if (addPorts.length + unsetPorts.length > 0) {
    const matchers = unsetPorts.map(portMatcher);
    const isUnset = (key: string): boolean => matchers.some((matches) => matches(key));
    config = editKeys(config, 'ExposedPorts', addPorts.flatMap(portKeys), isUnset, fullPort);
  }
  if (edits.shell !== undefined) config = withMember(config, 'Shell', rawOrNone(edits.shell));
  config = withCommand(config, 'Entrypoint', edits.entrypoint, isWindows);
  config = withCommand(config, 'Cmd', edits.cmd, isWindows);
  config = withText(config, 'User', edits.user);
  config = withText(config, 'WorkingDir', resolvedWorkdir(config, edits.workdir, isWindows));
  config = withText(config, 'StopSignal', edits.stopSignal);
  if (edits.healthcheck !== undefined) {
    const check = edits.healthcheck === 'NONE' ? { Test: ['NONE'] } : edits.healthcheck;
    config = withMember(config, 'Healthcheck', rawOrNone(check));
  }
  return config;
}

function withText(object: RawObject, key: string, text: string | null | undefined): RawObject {
  return text === undefined ? object : withMember(object, key, rawOrNone(text));
}

function rawOrNone(value: unknown): RawJson | undefined {
  return value === null ? undefined : rawJsonOf(value);
}

function withCommand(
  config: RawObject,
  key: string,
  command: Command | undefined,
  isWindows: boolean,
): RawObject {
  if (command === undefined) return config;
  if (command === null || !('shell' in command)) return withMember(config, key, rawOrNone(command));
  const shell = memberOf(config, 'Shell');
  const words: unknown = shell === undefined ? null : plainJson(shell);
  if (words !== null && !isTexts(words)) throw wrongConfig('config.Shell is not a list of strings');
  const runner = words === null || words.length === 0 ? defaultShell(isWindows) : words;
  return withMember(config, key, rawJsonOf([...runner, command.shell]));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function resolvedWorkdir(
  config: RawObject,
  workdir: string | null | undefined,
  isWindows: boolean,
): string | null | undefined {
  if (workdir === undefined || workdir === null) return workdir;
  const raw = memberOf(config, 'WorkingDir');
  const from: unknown = raw === undefined ? '' : plainJson(raw);
  // The config's own value may have the wrong type where it does not matter.
  if (typeof from !== 'string' && !isAbsoluteWorkdir(workdir, isWindows)) {
    throw wrongConfig('config.WorkingDir is not a string');
  }
  const resolved = resolveWorkdir(typeof from === 'string' ? from : '', workdir, isWindows);
  return isWindows ? resolved : cleanWorkdir(resolved);
}

function isForWindows(document: RawObject): boolean {
  const os = memberOf(document, 'os');
  return os !== undefined && plainJson(os) === 'windows';
}

function withPlatform(document: RawObject, { os, architecture, variant }: PlatformEdit): RawObject {
  const sameOs = memberOf(document, 'os') !== undefined && isForWindows(document) === (os === 'windows');
  let result = withText(document, 'architecture', architecture);
  result = withText(result, 'os', os);
  result = withText(result, 'variant', variant ?? null);
  // `os.version` and `os.features` of Windows have no meaning on Linux.
  if (sameOs) return result;
  return withText(withText(result, 'os.version', null), 'os.features', null);
}
