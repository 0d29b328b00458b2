import { LayersError } from '@layers/errors';
import type { Document, LineCounter } from 'yaml';

/** Larger files are no budgets. */
const MOST_CHARACTERS = 100_000;
const CORRECT = 'correct the file';

/** A value in a YAML file. */
export interface YamlValue {
  readonly file: YamlFile;
  /** Its position in the file; null where it is not known. */
  readonly offset: number | null;
  /** Converts it, but not what is in it: aliases of aliases do no harm. */
  readonly content: () => YamlContent;
}

type YamlContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly items: readonly YamlValue[] }
  | { readonly kind: 'map'; readonly entries: readonly YamlEntry[] };

export interface YamlEntry {
  readonly key: string;
  readonly keyOffset: number | null;
  readonly value: YamlValue;
}

type Yaml = typeof import('yaml');

/** A file in YAML, whose values know their lines. JSON is YAML too. */
export class YamlFile {
  readonly path: string;
  readonly #yaml: Yaml;
  readonly #lines: LineCounter;
  readonly #document: Document.Parsed | null;

  private constructor(yaml: Yaml, text: string, path: string) {
    this.path = path;
    this.#yaml = yaml;
    this.#lines = new yaml.LineCounter();
    if (text.length > MOST_CHARACTERS) throw this.error(null, 'too long for a file of budgets', CORRECT);
    const [document, second] = this.#parsed(text);
    if (second !== undefined) throw this.error(null, 'several YAML documents', 'write one document');
    this.#document = document ?? null;
    const [problem] = document?.errors ?? [];
    if (problem?.code === 'RESOURCE_EXHAUSTION') throw this.error(null, 'nested too deeply', CORRECT);
    if (problem !== undefined) {
      throw this.error(problem.pos[0], `not valid YAML: ${oneLine(problem.message)}`, CORRECT);
    }
  }

  /** Parses a file. Rejects with ERR_LAYERS_BUDGETS for a text that is not one YAML document. */
  static async parse(text: string, path: string): Promise<YamlFile> {
    // Most runs have no such file.
    return new YamlFile(await import('yaml'), text, path);
  }

  #parsed(text: string): readonly Document.Parsed[] {
    const options = { lineCounter: this.#lines, prettyErrors: false, logLevel: 'silent' } as const;
    const documents = this.#yaml.parseAllDocuments(text, options);
    return 'empty' in documents ? [] : documents;
  }

  get root(): YamlValue {
    return this.#valueOf(this.#document?.contents ?? null);
  }

  /** Returns `FILE:12`, the place of a value. */
  placeOf({ offset }: YamlValue): string {
    return offset === null ? this.path : `${this.path}:${this.#lineOf(offset)}`;
  }

  error(offset: number | null, message: string, hint: string): LayersError {
    const at = offset === null ? '' : `line ${this.#lineOf(offset)}: `;
    return new LayersError('ERR_LAYERS_BUDGETS', `${at}${message}`, { archive: this.path, hint });
  }

  #lineOf(offset: number): number {
    return this.#lines.linePos(offset).line;
  }

  #valueOf(node: unknown): YamlValue {
    const { isAlias, isNode } = this.#yaml;
    const offset = isNode(node) ? (node.range?.[0] ?? null) : null;
    const resolved = isAlias(node) && this.#document !== null ? node.resolve(this.#document) : node;
    return { file: this, offset, content: () => this.#contentOf(resolved) };
  }

  #contentOf(node: unknown): YamlContent {
    const { isMap, isScalar, isSeq } = this.#yaml;
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.#valueOf(item)) };
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }): YamlEntry => {
        const name = this.#valueOf(key);
        const content = name.content();
        return {
          key: content.kind === 'text' ? content.text : '',
          keyOffset: name.offset,
          value: this.#valueOf(value),
        };
      });
      return { kind: 'map', entries };
    }
    const value: unknown = isScalar(node) ? node.value : null;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') {
      return { kind: 'text', text: String(value) };
    }
    return { kind: 'none' };
  }
}

function oneLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
