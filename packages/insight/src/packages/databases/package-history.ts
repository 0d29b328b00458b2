import type { InstalledPackage } from '@layers/core/distro';

/** A package of a database, and what the layers did to it. */
export interface TrackedPackage {
  readonly installed: InstalledPackage;
  /** The file of the database that lists it. */
  readonly path: string;
  /** The layer that brought this version. */
  readonly layer: number;
  /** The version that it replaced; null where there was none. */
  readonly previousVersion: string | null;
  /** The layer that removed it, and the version that replaced it; null for a package that is there. */
  readonly removedBy: { readonly layer: number; readonly version: string | null } | null;
}

/** The packages of a name and architecture, by version: of a kernel, several are installed. */
type Versions = Map<string, TrackedPackage>;

/**
 * The packages of one system, layer by layer. A database lists everything that is installed, so that what a layer did is
 * the difference from the database below.
 */
export class PackageHistory {
  #current = new Map<string, Versions>();
  readonly #hidden: TrackedPackage[] = [];

  /** Applies the packages that are installed after a layer. */
  apply(
    layer: number,
    packages: readonly InstalledPackage[],
    pathOf: (of: InstalledPackage) => string,
  ): void {
    const next = new Map<string, Versions>();
    for (const installed of packages) {
      const key = keyOf(installed);
      const known = this.#current.get(key)?.get(installed.version);
      const path = pathOf(installed);
      const tracked: TrackedPackage =
        known === undefined
          ? { installed, path, layer, previousVersion: null, removedBy: null }
          : { ...known, installed, path };
      const versions: Versions = next.get(key) ?? new Map();
      next.set(key, versions.set(installed.version, tracked));
    }
    for (const [key, versions] of this.#current) this.#compare(layer, versions, next.get(key) ?? new Map());
    this.#current = next;
  }

  /** The packages that are installed after the last layer. */
  *visible(): Generator<TrackedPackage> {
    for (const versions of this.#current.values()) yield* versions.values();
  }

  /** The packages that a layer removed or replaced. */
  get hidden(): readonly TrackedPackage[] {
    return this.#hidden;
  }

  #compare(layer: number, before: Versions, after: Versions): void {
    const gone = [...before.values()].filter(({ installed }) => !after.has(installed.version));
    const [removed] = gone;
    if (removed === undefined) return;
    const added = [...after.values()].filter(({ installed }) => !before.has(installed.version));
    const [replacement] = added;
    // Which version replaced which is only clear where there is one of each.
    const replaced =
      gone.length === 1 && added.length === 1 && replacement !== undefined ? replacement : null;
    if (replaced !== null) {
      const { version } = replaced.installed;
      after.set(version, { ...replaced, previousVersion: removed.installed.version });
    }
    for (const each of gone) {
      this.#hidden.push({ ...each, removedBy: { layer, version: replaced?.installed.version ?? null } });
    }
  }
}

function keyOf({ name, architecture }: InstalledPackage): string {
  return `${name}\0${architecture ?? ''}`;
}
