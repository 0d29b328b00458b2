import {
  type InstalledPackage,
  type LocatedDatabase,
  type PackageSystem,
  parseDatabase,
} from '@layers/core/distro';
import { createFinding, type Finding } from '@layers/core/findings';
import type { ContentPlace } from '@layers/core/image';
import type { ContentTask } from '../contents/content-task.js';
import type { DatabaseState } from './database-states.js';
import { PackageHistory } from './package-history.js';

/** Reads the states of package databases while the layers of an image are read, and keeps no bytes longer than needed. */
export class DatabaseReader {
  readonly #states: DatabaseState[];
  readonly #contents = new Map<string, Uint8Array>();
  /** How many states still need a content. */
  readonly #uses = new Map<string, number>();
  readonly #histories = new Map<PackageSystem, PackageHistory>();
  readonly findings: Finding[] = [];

  constructor(states: readonly DatabaseState[]) {
    this.#states = [...states];
    for (const state of states) {
      if (state.excess !== null) continue;
      for (const place of state.places.values()) {
        this.#uses.set(keyOf(place), (this.#uses.get(keyOf(place)) ?? 0) + 1);
      }
    }
  }

  /** The packages of each system that some layer has a database of. */
  get histories(): ReadonlyMap<PackageSystem, PackageHistory> {
    return this.#histories;
  }

  /** Returns the contents to read, by layer. */
  *tasks(): Generator<{ readonly layer: number; readonly task: ContentTask }> {
    const seen = new Set<string>();
    for (const { places, excess } of this.#states) {
      if (excess !== null) continue;
      for (const [path, place] of places) {
        const key = keyOf(place);
        if (seen.has(key)) continue;
        seen.add(key);
        const take: ContentTask['take'] = (file) => void this.#contents.set(key, file.read(0, file.size));
        yield { layer: place.layer, task: { entry: place.entry, path, take } };
      }
    }
  }

  /** Parses the databases that a layer changed. To be called after each layer, in order. */
  afterLayer(layer: number): void {
    for (let state = this.#states[0]; state !== undefined && state.layer <= layer; state = this.#states[0]) {
      this.#states.shift();
      this.#apply(state);
    }
  }

  #apply(state: DatabaseState): void {
    const { system, layer, database, places, excess } = state;
    const history = this.#histories.get(system) ?? new PackageHistory();
    this.#histories.set(system, history);
    if (database === null) {
      history.apply(layer, [], () => '');
      return;
    }
    if (excess !== null) {
      this.#report(database, layer, excess);
      return;
    }
    const files = new Map<string, Uint8Array>();
    for (const [path, place] of places) {
      const bytes = this.#contents.get(keyOf(place));
      if (bytes !== undefined) files.set(path, bytes);
      this.#release(place);
    }
    const { packages, problem } = parseDatabase(database, files);
    // The packages of the layers below are the best guess for a database that cannot be read.
    if (problem === null) history.apply(layer, packages, (of) => pathIn(database, of));
    else this.#report(database, layer, problem);
  }

  #release(place: ContentPlace): void {
    const key = keyOf(place);
    const left = (this.#uses.get(key) ?? 1) - 1;
    this.#uses.set(key, left);
    if (left === 0) this.#contents.delete(key);
  }

  #report({ system, paths }: LocatedDatabase, layer: number, problem: string): void {
    const path = paths[0] ?? '/';
    const message = `the package database of ${system} in layer ${layer} cannot be read: ${problem}`;
    this.findings.push(createFinding('package-database-unreadable', message, { layer, path }));
  }
}

function keyOf({ layer, entry }: ContentPlace): string {
  return `${layer} ${entry}`;
}

/** Returns the file that lists a package: one that has its name, in a directory of files, else the last one. */
function pathIn({ paths }: LocatedDatabase, { name }: InstalledPackage): string {
  const [first = '/'] = paths;
  if (paths.length === 1) return first;
  return (
    paths.find((path) => path.endsWith(`/${name}`)) ?? paths.find((path) => path.endsWith('/status')) ?? first
  );
}
