/** What a component is. It decides how often the component probably changes, where no earlier version shows it. */
export type ComponentKind = 'system' | 'language' | 'files' | 'compiled' | 'volatile';

/** The probability that a component changes with an update, where nothing is known about it. */
export const PRIOR: Readonly<Record<ComponentKind, number>> = {
  system: 0.03,
  language: 0.2,
  files: 0.3,
  compiled: 0.5,
  volatile: 0.95,
};

/** What changes with every build, where no earlier version shows otherwise. */
export const UNSTABLE: ReadonlySet<ComponentKind> = new Set(['compiled', 'volatile']);

/** Files that change together, as those of a package. Its name is the same in all versions of an image. */
export interface Component {
  /** Bytes as characters (latin1), since it can have parts of paths. */
  readonly name: string;
  readonly kind: ComponentKind;
}

/** The components of an image and its earlier versions, by number. */
export class ComponentTable {
  readonly #ids = new Map<string, number>();
  readonly #components: Component[] = [];
  readonly #groups: number[] = [];

  /**
   * Returns the number of a component; adds it if it is new.
   *
   * @param group components of two groups are never in one layer; see `LayerGroups`
   */
  idOf({ name, kind }: Component, group = 0): number {
    const key = `${group} ${name}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#components.length;
    this.#ids.set(key, id);
    this.#components.push({ name, kind });
    this.#groups.push(group);
    return id;
  }

  get count(): number {
    return this.#components.length;
  }

  get(id: number): Component {
    return this.#components[id] ?? VOLATILE;
  }

  groupOf(id: number): number {
    return this.#groups[id] ?? 0;
  }
}

/** Package databases, caches and logs: they change with every build. */
export const VOLATILE: Component = { name: 'databases and caches', kind: 'volatile' };
