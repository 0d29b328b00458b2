import type { LanguagePackage } from '../languages/language-package.js';
import type { ManifestFile } from './manifest-files.js';

/** A package of a language in some layer, and what the layers did to it. */
export interface TrackedLanguagePackage {
  readonly found: LanguagePackage;
  /** The manifest: in the lowest layer that brought this version, where others rewrote it. */
  readonly file: ManifestFile;
  readonly layer: number;
  readonly previousVersion: string | null;
  readonly removedBy: { readonly layer: number; readonly version: string | null } | null;
}

/** The packages that a file of a layer declares. */
export interface ReadManifest {
  readonly file: ManifestFile;
  readonly packages: readonly LanguagePackage[];
}

/**
 * Follows the packages of manifests through the layers. A package whose manifest a layer stored again in the same version
 * came with the lowest of these layers.
 */
export function trackManifests(manifests: readonly ReadManifest[]): TrackedLanguagePackage[] {
  const tracked: TrackedLanguagePackage[] = [];
  for (const states of statesByPath(manifests).values()) {
    let before = new Map<string, TrackedLanguagePackage>();
    for (const { file, packages } of states) {
      const after = new Map<string, TrackedLanguagePackage>();
      for (const found of packages) {
        const key = versionKey(found);
        const known = before.get(key);
        const isSame = known?.removedBy?.layer === file.layer;
        const removedBy = file.removedFrom === null ? null : { layer: file.removedFrom, version: null };
        const base = isSame
          ? { ...known, file, removedBy }
          : { found, file, layer: file.layer, previousVersion: null, removedBy };
        if (isSame) before.delete(key);
        after.set(key, base);
      }
      tracked.push(...before.values());
      before = after;
    }
    tracked.push(...before.values());
  }
  return withReplacements(tracked);
}

/** Returns the states of each path, the lowest layer first. */
function statesByPath(manifests: readonly ReadManifest[]): Map<string, ReadManifest[]> {
  const paths = new Map<string, ReadManifest[]>();
  for (const manifest of manifests) {
    const key = Buffer.from(manifest.file.path).toString('latin1');
    const states = paths.get(key);
    if (states === undefined) paths.set(key, [manifest]);
    else states.push(manifest);
  }
  for (const states of paths.values()) states.sort((a, b) => a.file.layer - b.file.layer);
  return paths;
}

/** Connects a version that a layer removed with the one that the layer brought in its place. */
function withReplacements(tracked: readonly TrackedLanguagePackage[]): TrackedLanguagePackage[] {
  const brought = new Map<string, TrackedLanguagePackage[]>();
  const removed = new Map<string, TrackedLanguagePackage[]>();
  for (const each of tracked) {
    add(brought, slotKey(each, each.layer), each);
    if (each.removedBy !== null) add(removed, slotKey(each, each.removedBy.layer), each);
  }
  return tracked.map((each) => {
    const previous = only(removed.get(slotKey(each, each.layer)));
    const next = each.removedBy === null ? null : only(brought.get(slotKey(each, each.removedBy.layer)));
    return {
      ...each,
      previousVersion: previous?.found.version ?? null,
      removedBy: each.removedBy === null ? null : { ...each.removedBy, version: next?.found.version ?? null },
    };
  });
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function only<T>(list: readonly T[] | undefined): T | null {
  return list?.length === 1 ? (list[0] ?? null) : null;
}

function versionKey({ ecosystem, namespace, name, version, innerPath }: LanguagePackage): string {
  return JSON.stringify([ecosystem, namespace, name, version, innerPath]);
}

/** What two versions of a package share: the place where only one of them can be. */
function slotKey({ found, file }: TrackedLanguagePackage, layer: number): string {
  const { ecosystem, namespace, name } = found;
  return JSON.stringify([layer, ecosystem, namespace, name, placeOf(ecosystem, file.path)]);
}

/** Returns the manifest, or the directory that has those of all versions. */
function placeOf(ecosystem: string, path: Uint8Array): string {
  const text = Buffer.from(path).toString('latin1');
  if (ecosystem === 'gem' || ecosystem === 'maven') return text.replace(/\/[^/]*$/, '');
  if (ecosystem === 'pypi') return text.replace(/\/[^/]*(?:\/[^/]*)?$/, '');
  return text;
}
