import {
  fromJson,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoValue,
  goString,
  type Json,
  LazyFields,
  textOf,
} from '@layers/gotemplate';
import type { DockerImage } from '../documents/docker-image.js';
import { documentValue } from './document-value.js';
import { memberOf } from './row-field.js';

/**
 * Returns an image as docker's templates see it: with the types of docker's program, so that lists and labels print as
 * docker prints them, and fields that docker does not have are an error. Names that podman, skopeo and documents of `layers`
 * have beside these are values, too, but not listed.
 */
export function dockerValue(image: DockerImage, others: OtherNames = {}): GoValue {
  const { type, fields, document } = dockerStruct(image);
  const own: Readonly<Record<string, unknown>> = { ...others.document };
  let names: Readonly<Record<string, unknown>> | undefined;
  // Most templates need none of them.
  const namesOf = () => (names ??= others.names?.() ?? {});
  const labels = fields.get('Config');
  const inConfig = (name: string): GoValue =>
    labels instanceof GoStruct ? labels.fields.get(name) : undefined;
  const other = (name: string): GoValue => {
    if (name === 'HealthCheck') return inConfig('Healthcheck');
    if (CONFIG_NAMES.has(name)) return inConfig(name);
    if (name === 'VirtualSize') return fields.get('Size');
    if (name === 'NamesHistory') return fields.get('RepoTags');
    const value = namesOf()[name];
    return name === 'History' && Array.isArray(value)
      ? new GoSlice(value.map(historyStep))
      : documentValue(value);
  };
  const isOther = (name: string): boolean => OTHER_NAMES.has(name) || Object.hasOwn(namesOf(), name);
  const all = new LazyFields({
    names: () => [...fields.keys()].map(textOf),
    has: (name) => fields.has(goString(name)) || isOther(name) || Object.hasOwn(own, name),
    value: (name) => {
      if (fields.has(goString(name))) return fields.get(goString(name));
      return isOther(name) ? other(name) : documentValue(own[name]);
    },
  });
  return new GoStruct(type, all, document);
}

/** A step of the history, which templates and JSON of podman call differently. */
function historyStep(step: unknown): GoStruct {
  const value = (name: string): GoValue => documentValue(memberOf(step, name));
  const fields = [
    ['Created', 'created', value('created') ?? ''],
    ['CreatedBy', 'created_by', value('createdBy') ?? ''],
    ['Author', 'author', value('author') ?? ''],
    ['Comment', 'comment', value('comment') ?? ''],
    ['EmptyLayer', 'empty_layer', value('emptyLayer') === true],
  ] as const;
  const written = fields.filter(([, , text]) => text !== '' && text !== false);
  return new GoStruct(
    'v1.History',
    new Map(fields.map(([name, , text]) => [name, text])),
    new GoMap(new Map(written.map(([, name, text]) => [name, text]))),
  );
}

/** What templates can use beside the names of docker. */
export interface OtherNames {
  /** By the names of podman and skopeo. */
  readonly names?: () => Readonly<Record<string, unknown>>;
  /** The document of `layers inspect`. */
  readonly document?: object;
}

/** What podman and skopeo show of the config in the image itself. */
const CONFIG_NAMES: ReadonlySet<string> = new Set(['Labels', 'User', 'Env']);
const OTHER_NAMES: ReadonlySet<string> = new Set([
  ...CONFIG_NAMES,
  'HealthCheck',
  'VirtualSize',
  'NamesHistory',
]);

function dockerStruct(image: DockerImage): GoStruct {
  // The program has ID where JSON has Id. Templates use both.
  return struct('image.InspectResponse', image, {
    ID: () => fromJson(image['Id']),
    RepoTags: strings,
    RepoDigests: strings,
    Size: integer,
    Config: (config) =>
      structOrValue('container.Config', config, {
        Hostname: textOrEmpty,
        Domainname: textOrEmpty,
        User: textOrEmpty,
        AttachStdin: flag,
        AttachStdout: flag,
        AttachStderr: flag,
        Tty: flag,
        OpenStdin: flag,
        StdinOnce: flag,
        ExposedPorts: objects,
        Env: strings,
        Cmd: strings,
        Healthcheck: (check) => orNil('*container.HealthConfig', check),
        ArgsEscaped: flag,
        Image: textOrEmpty,
        Volumes: objects,
        WorkingDir: textOrEmpty,
        Entrypoint: strings,
        OnBuild: strings,
        Labels: labels,
        StopSignal: textOrEmpty,
        StopTimeout: (seconds) => orNil('*int', seconds),
        Shell: strings,
      }),
    RootFS: (rootfs) => structOrValue('image.RootFS', rootfs, { Layers: strings }),
    Metadata: (metadata) => structOrValue('image.Metadata', metadata, {}),
  });
}

type Convert = (data: Json | undefined) => GoValue;

/** Converts an object, if it is one; fields of `types` are there even where the object lacks them. */
function structOrValue(
  type: string,
  data: Json | undefined,
  types: Readonly<Record<string, Convert>>,
): GoValue {
  return isObject(data) ? struct(type, data, types) : fromJson(data);
}

/** Converts an object; fields of `types` are there even where the object lacks them. */
function struct(
  type: string,
  data: { readonly [key: string]: Json | undefined },
  types: Readonly<Record<string, Convert>>,
): GoStruct {
  const converted = (name: string): GoValue => (types[name] ?? fromJson)(data[name]);
  const entries = (names: Iterable<string>) =>
    new Map([...names].map((name) => [goString(name), converted(name)] as const));
  const names = Object.keys(data);
  // Only what the object has is written as JSON.
  const document = new GoStruct(type, entries(names));
  return new GoStruct(type, entries(new Set([...names, ...Object.keys(types)])), document);
}

function textOrEmpty(data: Json | undefined): GoValue {
  return data === undefined || data === null ? '' : fromJson(data);
}

function flag(data: Json | undefined): GoValue {
  return data === undefined || data === null ? false : fromJson(data);
}

/** A pointer of docker's program, which is nil where the config has no value. */
function orNil(type: string, data: Json | undefined): GoValue {
  return data === undefined || data === null ? new GoNil(type) : fromJson(data);
}

function integer(data: Json | undefined): GoValue {
  return typeof data === 'number' && Number.isSafeInteger(data) ? BigInt(data) : fromJson(data);
}

function strings(data: Json | undefined): GoValue {
  if (data === undefined || data === null) return new GoSlice([], 'string', true);
  if (!isList(data) || !data.every((item) => typeof item === 'string')) return fromJson(data);
  return new GoSlice(data.map(fromJson), 'string');
}

function labels(data: Json | undefined): GoValue {
  if (data === undefined || data === null) return new GoMap(new Map(), 'string', true);
  if (!isObject(data) || !Object.values(data).every((value) => typeof value === 'string'))
    return fromJson(data);
  return new GoMap(
    new Map(Object.entries(data).map(([key, value]) => [goString(key), fromJson(value)])),
    'string',
  );
}

/** A set of names, such as ports: an object of empty objects. */
function objects(data: Json | undefined): GoValue {
  if (data === undefined || data === null) return new GoMap(new Map(), 'struct {}', true);
  if (!isObject(data)) return fromJson(data);
  return new GoMap(
    new Map(Object.keys(data).map((key) => [goString(key), new GoStruct('struct {}', new Map())])),
    'struct {}',
  );
}

function isList(data: Json): data is readonly Json[] {
  return Array.isArray(data);
}

function isObject(data: Json | undefined): data is { readonly [key: string]: Json | undefined } {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
