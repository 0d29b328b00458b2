import { LayersError } from '@layers/errors';

/** The fields of a table of a rule file. A field of another type than expected is an error that names it. */
export class Fields {
  readonly #table: ReadonlyMap<string, unknown>;
  readonly #file: string;

  constructor(value: unknown, file: string) {
    this.#table = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
    this.#file = file;
  }

  text(name: string): string | null {
    const value = this.#table.get(name) ?? null;
    if (value !== null && typeof value !== 'string') throw this.#wrong(name, 'a string');
    return value;
  }

  number(name: string): number | null {
    const value = this.#table.get(name) ?? null;
    if (value === null) return null;
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'number') throw this.#wrong(name, 'a number');
    return value;
  }

  flag(name: string): boolean {
    const value = this.#table.get(name) ?? false;
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false');
    return value;
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((item) => {
      if (typeof item !== 'string') throw this.#wrong(name, 'a list of strings');
      return item;
    });
  }

  table(name: string): Fields | null {
    const value = this.#table.get(name);
    if (value === undefined) return null;
    if (!isTable(value)) throw this.#wrong(name, 'a table');
    return new Fields(value, this.#file);
  }

  /** Returns the tables of an array of tables. */
  tables(name: string): readonly Fields[] {
    return this.#list(name).map((item) => {
      if (!isTable(item)) throw this.#wrong(name, 'an array of tables');
      return new Fields(item, this.#file);
    });
  }

  #list(name: string): readonly unknown[] {
    const value = this.#table.get(name) ?? [];
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value;
  }

  #wrong(name: string, expected: string): LayersError {
    return new LayersError('ERR_LAYERS_RULES', `the field ${JSON.stringify(name)} is not ${expected}`, {
      archive: this.#file,
      hint: 'correct the file',
    });
  }
}

function isTable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
