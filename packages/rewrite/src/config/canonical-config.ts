import { categoryOf, isBuilderMark } from '@layers/core/diff';
import { CONFIG_FIELDS } from '@layers/core/oci';
import { canonicalJson, isZeroJson } from './canonical-json.js';
import { canonicalTime } from './canonical-time.js';
import { objectIn, parseConfigObject } from './edit-config.js';
import {
  EMPTY_OBJECT,
  memberOf,
  plainJson,
  type RawJson,
  type RawObject,
  rawJsonOf,
  rawJsonText,
  withMember,
  withRawFieldNames,
} from './raw-json.js';
import { historyOf } from './with-layers.js';

/**
 * Fields for which an empty value and an absent field mean the same: Go programs differ in which of them they omit (OCI
 * config.md, Docker's image specification). `StopTimeout` is not one of them.
 */
const OMITTED_WHEN_EMPTY = {
  document: new Set(['author', 'comment', 'created', 'history', 'os.features', 'os.version', 'variant']),
  execution: new Set([
    ...['ArgsEscaped', 'Cmd', 'CpuShares', 'Entrypoint', 'Env', 'ExposedPorts', 'Healthcheck', 'Labels'],
    ...['MacAddress', 'Memory', 'MemorySwap', 'NetworkDisabled', 'OnBuild', 'Shell', 'StopSignal', 'User'],
    ...['Volumes', 'WorkingDir'],
  ]),
  healthcheck: new Set(['Interval', 'Retries', 'StartInterval', 'StartPeriod', 'Test', 'Timeout']),
  step: new Set(['author', 'comment', 'created', 'created_by', 'empty_layer']),
} as const;

/**
 * Returns an image config that does not depend on where, when and by which builder the image was built. Removes the fields
 * that `diff` classifies as `builder`, and empty fields without meaning; rounds times down to seconds and limits them to
 * `latest`; sorts keys. Keeps everything else, also unknown fields.
 *
 * @param latest seconds since 1970
 * @throws LayersError ERR_LAYERS_JSON; ERR_LAYERS_CONFIG for a field of the wrong type
 */
export function canonicalConfig(originalBytes: Uint8Array, latest: number): Uint8Array {
  const named = withRawFieldNames(parseConfigObject(originalBytes), CONFIG_FIELDS);
  const configBytes = Buffer.from(rawJsonText(named));
  const before = parseConfigObject(configBytes);
  let document = without(before, (key) => categoryOf(key, undefined) === 'builder');
  document = withTime(document, latest);
  const history = historyOf(configBytes).map((step) => canonicalStep(step, latest));
  document = withMember(document, 'history', { kind: 'array', items: history });
  const execution = objectIn(before, 'config', 'config') ?? EMPTY_OBJECT;
  document = withMember(document, 'config', canonicalExecution(execution, latest));
  let rootfs = objectIn(before, 'rootfs', 'rootfs') ?? EMPTY_OBJECT;
  // Added before the DiffIDs are set, so that the keys are sorted in the end.
  for (const [key, value] of [['type', 'layers'] as const, ['diff_ids', []] as const]) {
    if (memberOf(rootfs, key) === undefined) rootfs = withMember(rootfs, key, rawJsonOf(value));
  }
  document = withMember(document, 'rootfs', rootfs);
  return Buffer.from(rawJsonText(canonicalJson(withoutEmpty(document, OMITTED_WHEN_EMPTY.document))));
}

/**
 * Returns annotations without those that `diff` classifies as `builder`, and with times limited to `latest`.
 *
 * @param latest seconds since 1970
 */
export function canonicalAnnotations(
  annotations: ReadonlyMap<string, string>,
  latest: number,
): ReadonlyMap<string, string> {
  const kept = [...annotations].flatMap(([name, value]): [string, string][] => {
    const category = categoryOf('config.Labels', name);
    if (category === 'builder') return [];
    return [[name, category === 'created' ? canonicalTime(value, latest) : value]];
  });
  return new Map(kept);
}

function canonicalExecution(before: RawObject, latest: number): RawObject {
  let config = without(before, (key) => categoryOf(`config.${key}`, undefined) === 'builder');
  const labels = objectIn(config, 'Labels', 'config.Labels');
  if (labels !== undefined) config = withMember(config, 'Labels', canonicalLabels(labels, latest));
  // Sets, written as objects with empty values.
  for (const key of ['ExposedPorts', 'Volumes']) {
    const set = objectIn(config, key, `config.${key}`);
    const members = set?.members.map((member) =>
      isZeroJson(member.value) ? { ...member, value: EMPTY_OBJECT } : member,
    );
    if (members !== undefined) config = withMember(config, key, { kind: 'object', members });
  }
  const check = objectIn(config, 'Healthcheck', 'config.Healthcheck');
  if (check !== undefined) {
    config = withMember(config, 'Healthcheck', withoutEmpty(check, OMITTED_WHEN_EMPTY.healthcheck));
  }
  return withoutEmpty(config, OMITTED_WHEN_EMPTY.execution);
}

function canonicalLabels(labels: RawObject, latest: number): RawObject {
  const members = labels.members.flatMap((member) => {
    const category = categoryOf('config.Labels', member.key);
    if (category === 'builder') return [];
    const text: unknown = plainJson(member.value);
    if (category !== 'created' || typeof text !== 'string') return [member];
    return [{ ...member, value: rawJsonOf(canonicalTime(text, latest)) }];
  });
  return { kind: 'object', members };
}

function canonicalStep(step: RawJson, latest: number): RawJson {
  if (step.kind !== 'object') return step;
  let result = withTime(step, latest);
  for (const key of ['author', 'comment'] as const) {
    const raw = memberOf(step, key);
    const text: unknown = raw === undefined ? '' : plainJson(raw);
    if (typeof text === 'string' && isBuilderMark(key, text)) result = withMember(result, key, undefined);
  }
  return withoutEmpty(result, OMITTED_WHEN_EMPTY.step);
}

function withTime(object: RawObject, latest: number): RawObject {
  const raw = memberOf(object, 'created');
  const text: unknown = raw === undefined ? undefined : plainJson(raw);
  return typeof text === 'string'
    ? withMember(object, 'created', rawJsonOf(canonicalTime(text, latest)))
    : object;
}

function without(object: RawObject, isRemoved: (key: string) => boolean): RawObject {
  return { kind: 'object', members: object.members.filter(({ key }) => !isRemoved(key)) };
}

/** Removes keys with empty values. Of a repeated key, the last value is used, as in JSON parsers. */
function withoutEmpty(object: RawObject, keys: ReadonlySet<string>): RawObject {
  const values = new Map(object.members.map(({ key, value }) => [key, value]));
  return without(object, (key) => {
    const value = values.get(key);
    return keys.has(key) && value !== undefined && isZeroJson(value);
  });
}
