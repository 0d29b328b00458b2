import {
  fromJson,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoValue,
  goString,
  type Json,
} from '@layers/gotemplate';
import type { DockerImage } from '../documents/docker-image.js';

/**
 * Returns an image as docker's templates see it: with the types of docker's program, so that lists and labels print as
 * docker prints them, and fields that docker does not have are an error.
 */
export function dockerValue(image: DockerImage): GoValue {
  // The program has ID where JSON has Id. Templates use both.
  return struct('image.InspectResponse', image, {
    ID: () => fromJson(image['Id']),
    RepoTags: strings,
    RepoDigests: strings,
    Size: integer,
    Config: (config) =>
      struct('container.Config', config, {
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
    RootFS: (rootfs) => struct('image.RootFS', rootfs, { Layers: strings }),
    Metadata: (metadata) => struct('image.Metadata', metadata, {}),
  });
}

type Convert = (data: Json | undefined) => GoValue;

/** Converts an object; fields of `types` are there even where the object lacks them. */
function struct(type: string, data: Json | undefined, types: Readonly<Record<string, Convert>>): GoValue {
  if (!isObject(data)) return fromJson(data);
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
