import { compareText, type InstalledPackage, type PackageSystem } from '@layers/core/distro';
import { pathFields } from '@layers/core/findings';
import { NONE } from '@layers/core/rootfs';
import type { PackageHistory, TrackedPackage } from './databases/package-history.js';
import type { Distribution, ImagePackage } from './document.js';
import type { TrackedLanguagePackage } from './manifests/manifest-packages.js';
import { PACKAGE_TYPES } from './package-type.js';
import { packageUrl } from './package-url.js';

/** What descriptions of packages have in common. */
interface Context {
  readonly distribution: Distribution | null;
  /** The instruction of each layer. */
  readonly instructions: readonly (string | null)[];
}

/** Describes the packages of the databases of distributions, also hidden ones. */
export function* databasePackages(
  histories: ReadonlyMap<PackageSystem, PackageHistory>,
  context: Context,
): Generator<ImagePackage> {
  for (const [system, history] of histories) {
    for (const tracked of history.visible()) yield databasePackage(system, tracked, context);
    for (const tracked of history.hidden) yield databasePackage(system, tracked, context);
  }
}

function databasePackage(
  type: PackageSystem,
  { installed, path, layer, previousVersion, removedBy }: TrackedPackage,
  { distribution, instructions }: Context,
): ImagePackage {
  const { name, version, architecture, licence, supplier, statedBytes } = installed;
  const source = sourceOf(installed);
  const parts = { type, namespace: null, name, version, architecture, source, platform: null };
  return {
    type,
    name,
    version,
    architecture,
    purl: packageUrl(parts, distribution),
    source,
    licences: licence === undefined ? [] : [licence],
    supplier: supplier ?? null,
    sizeBytes: statedBytes ?? null,
    sizeFrom: statedBytes === undefined ? null : 'stated',
    path,
    innerPath: null,
    layer,
    instruction: instructions[layer] ?? null,
    previousVersion,
    visible: removedBy === null,
    removedBy: removalOf(removedBy, instructions),
  };
}

function sourceOf({ name, source, sourceVersion }: InstalledPackage): ImagePackage['source'] {
  if (source === undefined && sourceVersion === undefined) return null;
  return { name: source ?? name, version: sourceVersion ?? null };
}

/**
 * Describes the packages of languages, also hidden ones.
 *
 * @param context.bytes the bytes of packages that have a directory
 */
export function* manifestPackages(
  tracked: readonly TrackedLanguagePackage[],
  context: Context & { readonly bytes: ReadonlyMap<TrackedLanguagePackage, number> },
): Generator<ImagePackage> {
  for (const each of tracked) yield manifestPackage(each, context.bytes.get(each) ?? null, context);
}

function manifestPackage(
  { found, file, layer, previousVersion, removedBy }: TrackedLanguagePackage,
  directoryBytes: number | null,
  { instructions }: Context,
): ImagePackage {
  const { ecosystem, platform } = found;
  const name = wellFormed(found.name);
  const namespace = found.namespace === null ? null : wellFormed(found.namespace);
  const version = found.version === null ? null : wellFormed(found.version);
  const sizeBytes = found.isWholeFile ? file.size : directoryBytes;
  return {
    type: ecosystem,
    name: namespace === null ? name : `${namespace}:${name}`,
    version,
    architecture: platform === null ? null : wellFormed(platform),
    purl: packageUrl(
      { type: ecosystem, namespace, name, version, architecture: null, source: null, platform },
      null,
    ),
    source: null,
    licences: found.licences.map(wellFormed),
    supplier: null,
    sizeBytes,
    sizeFrom: sizeBytes === null ? null : 'files',
    ...pathFields(file.path),
    innerPath: found.innerPath === null ? null : wellFormed(found.innerPath),
    layer,
    instruction: instructions[layer] ?? null,
    previousVersion: previousVersion === null ? null : wellFormed(previousVersion),
    visible: file.node !== NONE,
    removedBy: removalOf(removedBy, instructions),
  };
}

function removalOf(
  removedBy: TrackedPackage['removedBy'],
  instructions: Context['instructions'],
): ImagePackage['removedBy'] {
  if (removedBy === null) return null;
  const { layer, version } = removedBy;
  return {
    layer,
    instruction: instructions[layer] ?? null,
    version: version === null ? null : wellFormed(version),
  };
}

/** Replaces lone surrogates, which texts in JSON may contain, and which UTF-8 cannot express. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Orders packages by type, name, version, path, and layer. */
export function comparePackages(a: ImagePackage, b: ImagePackage): number {
  return (
    PACKAGE_TYPES.indexOf(a.type) - PACKAGE_TYPES.indexOf(b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.architecture, b.architecture) ||
    compareText(a.version, b.version) ||
    compareText(a.path, b.path) ||
    compareText(a.innerPath, b.innerPath) ||
    a.layer - b.layer
  );
}
