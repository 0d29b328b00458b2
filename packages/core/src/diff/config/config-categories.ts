import type { Ignorable } from '../ignorable.js';

/** Fields of the config that only identify the builder, its host or the parent image. */
const BUILDER_FIELDS: ReadonlySet<string> = new Set([
  // Written by Docker's builder before BuildKit and by `docker commit`; kaniko copies those of the base image.
  'docker_version',
  'container',
  'container_config',
  // Image format v1: the ids of the image and of its parent.
  'id',
  'parent',
  // The build container's host name. Each container gets its own.
  'config.Hostname',
  'config.Domainname',
  // The image id of the previous build step, or the image name passed to `docker run`.
  'config.Image',
  // The start options of the container that `docker commit` read. No engine applies them to a new container.
  'config.AttachStdin',
  'config.AttachStdout',
  'config.AttachStderr',
  'config.OpenStdin',
  'config.StdinOnce',
  'config.Tty',
]);

/** `container_config` describes the container of the last build step; BuildKit's fields its cache and its sources. */
const BUILDER_PREFIXES = ['container_config.', 'moby.buildkit.'] as const;

/** Labels that builders add automatically. */
const BUILDER_LABELS: ReadonlySet<string> = new Set(['io.buildah.version', 'com.redhat.build-host']);

/** Labels defined as the build time: OCI image-spec annotations.md, label-schema.org, Red Hat. */
const TIME_LABELS: ReadonlySet<string> = new Set([
  'org.opencontainers.image.created',
  'org.label-schema.build-date',
  'build-date',
]);

/**
 * Returns the kind of ignorable difference that a config field belongs to, or null.
 *
 * `created` is the build time: the field and its labels. `builder` identifies only the builder or its host. Neither
 * includes `author` and `comment`, which people write; `ArgsEscaped`, which changes how a command of a Windows image
 * runs; and labels that name a source, revision or version.
 */
export function categoryOf(
  field: string,
  key: string | undefined,
): Extract<Ignorable, 'builder' | 'created'> | null {
  if (BUILDER_FIELDS.has(field) || BUILDER_PREFIXES.some((prefix) => field.startsWith(prefix)))
    return 'builder';
  if (field === 'created') return 'created';
  if (field !== 'config.Labels' || key === undefined) return null;
  return BUILDER_LABELS.has(key) ? 'builder' : TIME_LABELS.has(key) ? 'created' : null;
}
