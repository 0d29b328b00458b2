import type { HistoryEntry } from '@layers/core/oci';
import { type CommandWithArguments, splitBuildArguments } from './build-arguments.js';
import type { Part } from './part.js';
import type { SettingWriter } from './setting-lines.js';

/** The build arguments of a Dockerfile. */
export class ArgumentScope {
  readonly #writer: SettingWriter;
  readonly #shells: readonly string[];
  /** All arguments of the image with their defaults, also those that later steps declare. */
  readonly #known: ReadonlyMap<string, string | null>;
  readonly #declared = new Set<string>();
  /** With the values that were written. */
  readonly #written = new Map<string, string | null>();

  /** @param declarations the arguments of all ARG instructions of the image */
  constructor(writer: SettingWriter, shells: readonly string[], declarations: readonly string[]) {
    this.#writer = writer;
    this.#known = new Map(declarations.flatMap(declarationsIn));
    this.#shells = shells;
  }

  /** The values that later instructions see. */
  get values(): readonly (readonly [name: string, value: string])[] {
    return [...this.#written].flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  }

  /** Splits a recorded command from its build arguments. */
  split(text: string): CommandWithArguments {
    return splitBuildArguments(text, this.#known, this.#shells);
  }

  /** Returns the ARG that gives an argument a value; nothing where it has it. */
  write(name: string, value: string | null): readonly string[] {
    if (value !== null && this.#written.get(name) === value) return [];
    this.#written.set(name, value);
    const line = this.#writer.argument(name, value);
    return line === null ? [] : [line];
  }

  /**
   * Writes an ARG of the history: with the value that the next command sees, since `--build-arg` may have changed the
   * default.
   *
   * @param later the steps after it
   */
  declare(text: string, later: readonly HistoryEntry[]): Part {
    const lines: string[] = [];
    const notes: string[] = [];
    const declarations = declarationsIn(text);
    for (const [name, value] of declarations) {
      // Buildah lists the earlier arguments again.
      if (value === null && this.#declared.has(name) && declarations.length > 1) continue;
      this.#declared.add(name);
      const used = this.#usedValue(name, later) ?? value;
      if (used !== value && value !== null) {
        notes.push(`The build set ${name}; its default was ${JSON.stringify(value)}.`);
      }
      lines.push(...this.write(name, used));
    }
    return { kind: lines.length === 0 ? 'omitted' : 'recorded', notes, lines };
  }

  #usedValue(name: string, later: readonly HistoryEntry[]): string | null {
    for (const { createdBy = '' } of later) {
      const text = createdBy.replace(/^RUN /, '');
      if (text.startsWith('|')) return this.split(text).values.get(name) ?? null;
    }
    return null;
  }
}

/** Returns the names in an ARG, with their defaults. Docker records defaults without quotes. */
function declarationsIn(text: string): (readonly [name: string, value: string | null])[] {
  const words = text.trim();
  if (!words.includes('=')) {
    return words.split(/\s+/).flatMap((name) => (/^[A-Za-z_]\w*$/.test(name) ? [[name, null] as const] : []));
  }
  const starts = [...words.matchAll(/(?<=^|\s)([A-Za-z_]\w*)=/g)];
  const [first] = starts;
  if (first === undefined || first.index > 0) return [];
  return starts.map((start, i) => {
    const end = starts[i + 1]?.index;
    return [start[1] ?? '', words.slice(start.index + start[0].length, end === undefined ? end : end - 1)];
  });
}
