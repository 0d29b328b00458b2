import type { Ignorable } from '../ignorable.js';

/** Top-level fields, and those of `config`, that tell only where, by what or out of what an image was made. */
const BUILDER_FIELDS: ReadonlySet<string> = new Set([
  // Docker's builder before BuildKit, and `docker commit`; kaniko keeps those of the base image.
  'docker_version',
  'container',
  'container_config',
  // Images of the first docker-archive generation name themselves and the one below.
  'id',
  'parent',
  // The build container's name: a container that runs gets its own.
  'config.Hostname',
  'config.Domainname',
  // The id of the step before, or the name that was given to `docker run`.
  'config.Image',
  // How the container that `docker commit` took had been started. No engine starts another one by them.
  'config.AttachStdin',
  'config.AttachStdout',
  'config.AttachStderr',
  'config.OpenStdin',
  'config.StdinOnce',
  'config.Tty',
]);

/** `container_config` is the container of the last build step; BuildKit's are its cache and what it knows of sources. */
const BUILDER_PREFIXES = ['container_config.', 'moby.buildkit.'] as const;

/** Labels that builders write by themselves. */
const BUILDER_LABELS: ReadonlySet<string> = new Set(['io.buildah.version', 'com.redhat.build-host']);

/** Labels that are by definition the time of the build: OCI annotations.md, label-schema.org, Red Hat's. */
const TIME_LABELS: ReadonlySet<string> = new Set([
  'org.opencontainers.image.created',
  'org.label-schema.build-date',
  'build-date',
]);

/**
 * Which of the differences that can be passed over one in a config field is, if any.
 *
 * `created` is the time of the build: the field and the labels that hold it. `builder` is what says only where and
 * by what it was built. Not among them are `author` and `comment`, which people write; `ArgsEscaped`, which changes
 * how a command of a Windows image runs; and labels that name a source, revision or version.
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
