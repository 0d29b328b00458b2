import type { ImageDescription } from '@layers/core/image';
import type { Json } from '@layers/gotemplate';

/** An image as `docker image inspect` shows it: the same names, in the same order. */
export type DockerImage = { readonly [name: string]: Json };

/** What `docker image inspect` shows of the execution parameters, in its order. Others follow. */
const CONFIG_NAMES = [
  'Hostname',
  'Domainname',
  'User',
  'AttachStdin',
  'AttachStdout',
  'AttachStderr',
  'ExposedPorts',
  'Tty',
  'OpenStdin',
  'StdinOnce',
  'Env',
  'Cmd',
  'Healthcheck',
  'ArgsEscaped',
  'Image',
  'Volumes',
  'WorkingDir',
  'Entrypoint',
  'OnBuild',
  'Labels',
  'StopSignal',
  'StopTimeout',
  'Shell',
];

/**
 * Returns an image as docker shows it. Layers are not read: `Size` is the bytes of the layers as they are stored.
 *
 * @param name the name of the image's repository in a registry, where it comes from one
 */
export function dockerImage(description: ImageDescription, name?: string): DockerImage {
  const { config, id, declaredId, tags, manifestDigest, platform, layers } = description;
  const digests =
    manifestDigest === null ? [] : repositoriesOf(tags, name).map((of) => `${of}@${manifestDigest}`);
  return {
    Id: id ?? declaredId ?? '',
    RepoTags: tags,
    RepoDigests: digests,
    Parent: '',
    Comment: config.history.at(-1)?.comment ?? '',
    Created: config.created ?? '',
    DockerVersion: '',
    Author: config.author ?? '',
    Config: execution(config.config ?? {}),
    Architecture: config.architecture ?? platform?.architecture ?? '',
    Variant: config.variant ?? platform?.variant ?? '',
    Os: config.os ?? platform?.os ?? '',
    OsVersion: config.osVersion ?? '',
    Size: layers.reduce((sum, { size, file }) => sum + (size ?? file?.size ?? 0), 0),
    RootFS: { Type: 'layers', Layers: layers.map(({ diffId }) => diffId ?? '') },
    Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
  };
}

function repositoriesOf(tags: readonly string[], name: string | undefined): readonly string[] {
  const repositories = tags.map((tag) => tag.replace(/:[^:/]*$/, ''));
  return [...new Set(name === undefined ? repositories : [name, ...repositories])];
}

function execution(config: Readonly<Record<string, unknown>>): Json {
  const known = CONFIG_NAMES.filter((name) => name in config);
  const others = Object.keys(config).filter((name) => !CONFIG_NAMES.includes(name));
  return Object.fromEntries([...known, ...others].map((name) => [name, jsonOf(config[name])]));
}

/** Returns what a parsed JSON document has, with its type. */
function jsonOf(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === undefined) return null;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, jsonOf(part)]));
}
