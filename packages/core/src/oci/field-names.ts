import { isJsonObject } from './validate.js';

/**
 * The names of an object's fields, each with the names within its value: null for a value without fields, and for an
 * object whose keys are data, such as labels. A list stands for the items of a list or map.
 */
export interface FieldNames {
  readonly [name: string]: FieldNames | readonly [FieldNames] | null;
}

const PLATFORM: FieldNames = {
  architecture: null,
  os: null,
  'os.version': null,
  'os.features': null,
  variant: null,
};

const DESCRIPTOR: FieldNames = {
  mediaType: null,
  digest: null,
  size: null,
  artifactType: null,
  platform: PLATFORM,
  annotations: null,
  urls: null,
  data: null,
};

/** The fields of manifests and indexes: also those that only the other one has, which make a document ambiguous. */
export const MANIFEST_FIELDS: FieldNames = {
  schemaVersion: null,
  mediaType: null,
  artifactType: null,
  config: DESCRIPTOR,
  layers: [DESCRIPTOR],
  subject: DESCRIPTOR,
  manifests: [DESCRIPTOR],
  fsLayers: null,
  annotations: null,
};

/** The fields of `manifest.json` of a docker-archive, which is a list. */
export const DOCKER_MANIFEST_FIELDS: FieldNames = {
  Config: null,
  RepoTags: null,
  Layers: null,
  Parent: null,
  LayerSources: [DESCRIPTOR],
};

/** The execution parameters: those of OCI, and those that only Docker has. */
const EXECUTION: FieldNames = {
  Hostname: null,
  Domainname: null,
  User: null,
  AttachStdin: null,
  AttachStdout: null,
  AttachStderr: null,
  ExposedPorts: null,
  Tty: null,
  OpenStdin: null,
  StdinOnce: null,
  Env: null,
  Cmd: null,
  Healthcheck: {
    Test: null,
    Interval: null,
    Timeout: null,
    StartPeriod: null,
    StartInterval: null,
    Retries: null,
  },
  ArgsEscaped: null,
  Image: null,
  Volumes: null,
  WorkingDir: null,
  Entrypoint: null,
  NetworkDisabled: null,
  MacAddress: null,
  OnBuild: null,
  Labels: null,
  StopSignal: null,
  StopTimeout: null,
  Shell: null,
  Memory: null,
  MemorySwap: null,
  CpuShares: null,
};

/** The fields of image configs, and of the `json` files of v1 images. */
export const CONFIG_FIELDS: FieldNames = {
  ...PLATFORM,
  id: null,
  parent: null,
  created: null,
  author: null,
  comment: null,
  container: null,
  container_config: EXECUTION,
  docker_version: null,
  config: EXECUTION,
  rootfs: { type: null, diff_ids: null },
  history: [{ created: null, created_by: null, author: null, comment: null, empty_layer: null }],
};

/** Returns a key as Go's JSON decoder compares it: without regard to case. ſ is an s, and the Kelvin sign a k. */
export function foldKey(key: string): string {
  return key.replaceAll('ſ', 's').toLowerCase();
}

const folded = new WeakMap<FieldNames, ReadonlyMap<string, string>>();

/** Returns the name of the field that a key of a document means; the key itself where it means none. */
export function fieldNameOf(key: string, fields: FieldNames): string {
  if (Object.hasOwn(fields, key)) return key;
  const names = folded.get(fields) ?? new Map(Object.keys(fields).map((name) => [foldKey(name), name]));
  folded.set(fields, names);
  return names.get(foldKey(key)) ?? key;
}

/**
 * Returns a JSON value with the usual spelling of its fields: `rootfs` for `rootFS`. All runtimes are written in Go,
 * whose decoder ignores case, and uses the last of several keys for one field. Returns the value itself if nothing
 * changes.
 */
export function withFieldNames(value: unknown, fields: FieldNames | readonly [FieldNames]): unknown {
  if (isList(fields)) return mapItems(value, (item) => withFieldNames(item, fields[0]));
  if (!isJsonObject(value)) return value;
  let isSame = true;
  const renamed = Object.entries(value).map(([key, old]): [string, unknown] => {
    const name = fieldNameOf(key, fields);
    const inner = Object.hasOwn(fields, name) ? fields[name] : null;
    const changed = inner == null ? old : withFieldNames(old, inner);
    if (name !== key || changed !== old) isSame = false;
    return [name, changed];
  });
  return isSame ? value : Object.fromEntries(renamed);
}

function isList(fields: FieldNames | readonly [FieldNames]): fields is readonly [FieldNames] {
  return Array.isArray(fields);
}

/** Changes the items of a list, or the values of an object. Returns the value itself if nothing changes. */
function mapItems(value: unknown, change: (item: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    const changed = items.map(change);
    return changed.every((item, i) => item === items[i]) ? value : changed;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, change(item)]);
  return entries.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(entries);
}
