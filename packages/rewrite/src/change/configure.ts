import type { ReadImage } from '@layers/core/image';
import { editAnnotations } from '../config/annotations.js';
import { editConfig } from '../config/edit-config.js';
import type { ConfigEdits } from '../config/edits.js';
import { configBytesOf, requireComplete } from '../image/complete-image.js';
import type { NewImage } from '../image/new-image.js';
import { originalManifest } from '../image/original-manifest.js';
import { existingLayer } from '../layer/existing-layer.js';
import { changedImage } from './changed-image.js';

/** Options of `configureImage`. */
export interface ConfigureOptions {
  readonly edits: ConfigEdits;
  /** Annotations of the manifest to set (OCI annotations.md). */
  readonly setAnnotations?: readonly (readonly [key: string, value: string])[] | undefined;
  /** Annotations to remove: keys, or patterns such as `org.example.*`. */
  readonly unsetAnnotations?: readonly string[] | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
}

/**
 * Plans an image with an edited config, or edited annotations of the manifest. All layers keep their bytes, and unknown
 * fields stay. Throws what `requireComplete` and `editConfig` throw.
 */
export function configuredImage(image: ReadImage, options: ConfigureOptions): NewImage {
  requireComplete(image);
  const { edits, setAnnotations = [], unsetAnnotations = [], tags } = options;
  const hasAnnotations = setAnnotations.length + unsetAnnotations.length > 0;
  return changedImage(image, {
    layers: image.layers.map((layer) => existingLayer(image, layer)),
    configBytes: editConfig(configBytesOf(image), edits),
    platform: edits.platform,
    tags,
    annotations: hasAnnotations
      ? editAnnotations(originalManifest(image)?.annotations ?? new Map(), setAnnotations, unsetAnnotations)
      : undefined,
  });
}

const LISTS = [
  ['unsetEnv', 'environment variable'],
  ['unsetLabels', 'label'],
  ['unsetVolumes', 'volume'],
  ['unsetPorts', 'exposed port'],
] as const;

const FIELDS = [
  ['entrypoint', 'entrypoint'],
  ['cmd', 'command'],
  ['user', 'user'],
  ['workdir', 'working directory'],
  ['stopSignal', 'stop signal'],
  ['healthcheck', 'health check'],
  ['shell', 'shell'],
  ['author', 'author'],
] as const;

/** Returns what `configuredImage` would remove, but the image does not have: such as `label "org.example"`. */
export function removalsWithoutEffect(
  image: ReadImage,
  { edits, unsetAnnotations = [] }: ConfigureOptions,
): readonly string[] {
  const configBytes = configBytesOf(image);
  const isVain = (one: ConfigEdits): boolean => editConfig(configBytes, one) === configBytes;
  const inLists = LISTS.flatMap(([key, what]) =>
    (edits[key] ?? [])
      .filter((pattern) => isVain({ [key]: [pattern] }))
      .map((pattern) => `${what} ${JSON.stringify(pattern)}`),
  );
  // An entrypoint removes the command, whether there is one or not.
  const isImplied = (key: string): boolean => key === 'cmd' && edits.entrypoint !== undefined;
  const fields = FIELDS.filter(
    ([key]) => edits[key] === null && !isImplied(key) && isVain({ [key]: null }),
  ).map(([, what]) => what);
  const annotations = originalManifest(image)?.annotations ?? new Map<string, string>();
  const inAnnotations = unsetAnnotations
    .filter((pattern) => editAnnotations(annotations, [], [pattern]).size === annotations.size)
    .map((pattern) => `annotation ${JSON.stringify(pattern)}`);
  return [...inLists, ...fields, ...inAnnotations];
}
