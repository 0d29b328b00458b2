import { familiarReference, formatReference, type Reference } from '@layers/core/oci';
import { usageError } from '../command-error.js';
import type { OutputFormat } from '../documents/archive-form.js';
import { parseRegistryImage, registryName } from '../input/registry-input.js';
import type { Output } from './write-output.js';

/** An image of a registry as output. */
export interface RegistryOutput extends Output {
  /** With a tag, and without a digest. */
  readonly registry: Reference & { readonly tag: string };
  /** The same, as docker shows it. */
  readonly name: string;
}

export function isRegistryOutput(output: Output): output is RegistryOutput {
  return 'registry' in output;
}

/**
 * Parses the output `docker://NAME`; returns null for other outputs.
 *
 * @throws LayersError ERR_LAYERS_USAGE for an invalid name, for a digest, and for a format
 */
export function registryOutput(
  name: string | undefined,
  format: OutputFormat | undefined,
): RegistryOutput | null {
  const text = name === undefined ? null : registryName(name);
  if (text === null) return null;
  if (format !== undefined) throw usageError('docker:// excludes --format', 'leave out one of them');
  return registryTarget(text);
}

/** Parses the name of an image to write, without `docker://`. Throws ERR_LAYERS_USAGE. */
export function registryTarget(text: string): RegistryOutput {
  const { tag, ...reference } = parseRegistryImage(text);
  if (tag === undefined || reference.digest !== undefined) {
    throw usageError(
      `${JSON.stringify(text)} has a digest, which an image gets when it is written`,
      'write docker://[REGISTRY/]NAME[:TAG]',
    );
  }
  const registry = { ...reference, tag };
  const path = `docker://${formatReference(registry)}`;
  return { path, format: 'oci-dir', compression: null, registry, name: familiarReference(registry) };
}
