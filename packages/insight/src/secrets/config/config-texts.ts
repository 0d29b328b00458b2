import type { ReadImage } from '@layers/core/image';
import { joinHistory } from '@layers/core/oci';
import { isObject, parsedOrNull } from './documents.js';
import { imageRecords } from './image-records.js';

/** The part of the documents of an image that a text is in. */
export type ConfigKind =
  | 'env'
  | 'label'
  | 'history'
  | 'build-argument'
  | 'healthcheck'
  | 'annotation'
  | 'attestation'
  | 'config';

/** A text in the documents of an image. */
export interface ConfigText {
  readonly kind: ConfigKind;
  /** Where it is, such as `config.Env[3]`. */
  readonly field: string;
  /** The name of the variable, label or annotation; null for a text without one. */
  readonly key: string | null;
  /** The layer of the step of the history; null elsewhere. */
  readonly layer: number | null;
  readonly text: string;
}

/** Returns all texts in the config, the manifest, the indexes where they are about the image, and its attestations. */
export function* configTexts(image: ReadImage): Generator<ConfigText> {
  const { configBytes, documents, config, layers, manifestName } = image.description;
  const layersOfSteps = joinHistory(config.history, layers.length).entries.flatMap(({ history, layer }) =>
    history === undefined ? [] : [layer ?? null],
  );
  if (configBytes !== null) {
    for (const text of textsOf(parsedOrNull(configBytes), [], configKind)) {
      const step = /^history\[(\d+)\]/.exec(text.field)?.[1];
      yield { ...text, layer: step === undefined ? null : (layersOfSteps[Number(step)] ?? null) };
    }
  }
  for (const { name, bytes } of documents) {
    if (bytes === configBytes || name !== manifestName) continue;
    yield* textsOf(parsedOrNull(bytes), ['manifest'], () => 'annotation');
  }
  for (const { field, value, isAttestation } of imageRecords(image)) {
    yield* textsOf(value, [field], () => (isAttestation ? 'attestation' : 'annotation'));
  }
}

type KindOf = (path: readonly string[]) => ConfigKind;

const CONFIG_KINDS: ReadonlyMap<string, ConfigKind> = new Map([
  ['env', 'env'],
  ['labels', 'label'],
  ['healthcheck', 'healthcheck'],
]);

/** Docker's old configs have what a build step ran with in `container_config`, in the same fields. */
function configKind([top, field]: readonly string[]): ConfigKind {
  if (top?.startsWith('history[') === true) return 'history';
  if (top !== 'config' && top !== 'container_config') return 'config';
  return CONFIG_KINDS.get(field?.replace(/\[\d+\]$/, '').toLowerCase() ?? '') ?? 'config';
}

/** BuildKit's record of a build, JSON in base64, with the build arguments. */
const BUILD_INFO = 'moby.buildkit.buildinfo.v1';

/** Yields the texts of a JSON value, depth first. */
function* textsOf(value: unknown, path: readonly string[], kindOf: KindOf): Generator<ConfigText> {
  if (typeof value === 'string') {
    yield* textOf(value, path, kindOf);
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const last = path.at(-1) ?? '';
      yield* textsOf(item, [...path.slice(0, -1), `${last}[${i}]`], kindOf);
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* textsOf(item, [...path, key], kindOf);
  }
}

function* textOf(value: string, path: readonly string[], kindOf: KindOf): Generator<ConfigText> {
  const kind = kindOf(path);
  const field = path.join('.');
  if (path.at(-1) === BUILD_INFO) {
    const info = parsedOrNull(Buffer.from(value, 'base64'));
    if (info !== null)
      yield* textsOf(info, path, (inner) => (inner.includes('attrs') ? 'build-argument' : 'config'));
    return;
  }
  if (kind === 'env') {
    const equals = value.indexOf('=');
    const key = equals === -1 ? null : value.slice(0, equals);
    yield { kind, field, key, layer: null, text: value };
    return;
  }
  const last = path.at(-1) ?? '';
  const key = kind === 'history' || last.endsWith(']') ? null : last;
  // The name of a field says what the value is.
  yield { kind, field, key, layer: null, text: key === null ? value : `${key}=${value}` };
}
