import { posix } from 'node:path';
import { copyLines, type RecordedCopy } from './copy-lines.js';
import type { LayerFiles } from './layer-files.js';
import { omitted, type Part } from './part.js';

/** What is known about the files of an image. */
export interface FileContext {
  readonly escapeChar: string;
  /** Returns what a layer contains; null where it was not read. */
  readonly files: (layer: number) => LayerFiles | null;
  /** Returns the command that writes the file system up to a layer as a tar to standard output. */
  readonly exportCommand: (layer: number) => string;
}

/** Writes the steps that need files, and where to get them. */
export class FileSteps {
  readonly #context: FileContext;

  constructor(context: FileContext) {
    this.#context = context;
  }

  /** @param layer the layer of the step; null where it has none */
  copy(recorded: Omit<RecordedCopy, 'files'>, layer: number | null): Part {
    const files = layer === null ? null : this.#context.files(layer);
    const copied = copyLines({ ...recorded, files }, this.#context.escapeChar);
    const source = `${recorded.name} ${recorded.text.trim()}`;
    if (layer === null) return copied === 'layer' ? omitted(source) : this.#copied(copied.line, []);
    const where = `layer ${layer}${listed(files)}`;
    if (copied === 'layer') return this.layer(layer, `${source}, ${where}`);
    const { line, exported, source: path, isSource, guess } = copied;
    const notes = isSource ? [] : [source];
    if (exported !== null) {
      const rename = path === null || path === exported ? '' : renaming(exported, path);
      const get = `${this.#context.exportCommand(layer)} | tar x ${shellWord(exported)}${rename}`;
      notes.push(`From the build context or another stage: ${where}`, `To get the files: ${get}`);
    }
    if (guess !== null) notes.push(guess);
    return this.#copied(line, notes);
  }

  /** Adds all files of the image up to a layer. */
  layer(layer: number, what: string): Part {
    const deleted = this.#context.files(layer)?.deleted ?? 0;
    const notes = [what, `To get the files: ${this.#context.exportCommand(layer)} >${layerFile(layer)}`];
    if (deleted > 0)
      notes.push(
        `The layer also deletes ${deleted === 1 ? 'a path' : `${deleted} paths`}, which ADD cannot.`,
      );
    return this.#copied(`ADD ${layerFile(layer)} /`, notes);
  }

  #copied(line: string, notes: readonly string[]): Part {
    return { kind: 'files', notes, lines: [line] };
  }
}

/** Returns the name of the tar that has all files up to a layer. */
function layerFile(layer: number): string {
  return `layer-${layer}.tar`;
}

function listed(files: LayerFiles | null): string {
  if (files === null || files.paths.length === 0) return '';
  const more = files.count - files.paths.length;
  return `: ${files.paths.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function renaming(from: string, to: string): string {
  const directory = posix.dirname(to);
  const create = directory === '.' ? '' : ` && mkdir -p ${shellWord(directory)}`;
  return `${create} && mv ${shellWord(from)} ${shellWord(to)}`;
}

/** Returns a path as a word of a shell. */
function shellWord(path: string): string {
  const name = path.replace(/\/$/, '') || '.';
  return /^[\w@%+:,./=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
