import { isLayersError } from '@layers/errors';
import { createSparseExpander, createTarParser, type TarEntry } from '@layers/tar';
import type { CompiledRules } from './compiled-rules.js';
import { ContentScanner } from './content-scanner.js';
import type { FoundSecret } from './found-secret.js';
import { RuleGuard } from './rule-guard.js';

/** The secrets in one file of a layer. Plain data that can be sent between threads. */
export interface FileSecrets {
  /** Index of the entry in the layer. */
  readonly entry: number;
  /** The path in the tar, as bytes. */
  readonly path: Uint8Array;
  readonly secrets: readonly FoundSecret[];
}

/** The secrets in the files of a layer. */
export interface LayerSecrets {
  readonly files: readonly FileSecrets[];
  /** How many more secrets there are, in files that are full of them. */
  readonly more: number;
  /** The positions of rules that took too long, and were not tried on the whole layer. */
  readonly stopped: readonly number[];
  /** Whether the layer ended, or became unreadable, before its end. */
  readonly isPartial: boolean;
  /** Bytes of the files that were read. */
  readonly scannedBytes: number;
}

/** The most secrets of a layer that are listed. */
const MAX_SECRETS = 2000;

/**
 * Finds the secrets in all files of a layer, whether or not later layers remove them.
 *
 * A tar or compression that is damaged ends the scan; the secrets before the damage are kept. Throws what reading the
 * bytes throws.
 *
 * @param tar the uncompressed layer
 */
export async function scanLayer(tar: AsyncIterable<Uint8Array>, rules: CompiledRules): Promise<LayerSecrets> {
  const guard = new RuleGuard();
  const scan = new LayerScan(new ContentScanner(rules, guard, 'files'));
  let isPartial = false;
  try {
    for await (const chunk of tar) scan.write(chunk);
    scan.end();
  } catch (error) {
    if (!isDamage(error)) throw error;
    isPartial = true;
  }
  return { ...scan.result(), stopped: [...guard.stopped], isPartial };
}

function isDamage(error: unknown): boolean {
  return isLayersError(error) && /_(?:TAR|GZIP|ZSTD)_|_NOT_A_TAR$/.test(error.code);
}

/** The files of a tar, scanned as they pass. */
class LayerScan {
  readonly #scanner: ContentScanner;
  readonly #parser = createTarParser({
    onEntry: (entry) => this.#startFile(entry),
    onData: (bytes) => this.#write?.(bytes),
    onEntryEnd: () => this.#endFile(),
    ignoreGlobals: true,
  });
  readonly #files: FileSecrets[] = [];
  #entry = -1;
  #path: Uint8Array = new Uint8Array(0);
  #write: ((bytes: Uint8Array) => void) | null = null;
  #endExpansion: (() => void) | null = null;
  #count = 0;
  #more = 0;
  #scannedBytes = 0;

  constructor(scanner: ContentScanner) {
    this.#scanner = scanner;
  }

  write(chunk: Uint8Array): void {
    this.#parser.write(chunk);
  }

  end(): void {
    this.#parser.end();
  }

  result(): Pick<LayerSecrets, 'files' | 'more' | 'scannedBytes'> {
    // The last file of a damaged layer may have no end.
    if (this.#write !== null) this.#keep();
    return { files: this.#files, more: this.#more, scannedBytes: this.#scannedBytes };
  }

  #startFile(entry: TarEntry): void {
    this.#entry++;
    if (entry.type !== 'file' || entry.storedSize === 0) return;
    this.#path = entry.path.slice();
    this.#scannedBytes += entry.storedSize;
    const scanner = this.#scanner;
    scanner.start(absolute(entry.path), entry.size);
    if (entry.sparse === null) {
      this.#write = (bytes) => scanner.write(bytes);
      return;
    }
    const expander = createSparseExpander(
      entry,
      (bytes) => scanner.write(bytes),
      (bytes) => scanner.skip(bytes),
    );
    this.#write = (bytes) => expander.write(bytes);
    this.#endExpansion = () => expander.end();
  }

  #endFile(): void {
    if (this.#write === null) return;
    this.#endExpansion?.();
    this.#keep();
  }

  #keep(): void {
    this.#write = null;
    this.#endExpansion = null;
    const { secrets, more } = this.#scanner.end();
    const room = MAX_SECRETS - this.#count;
    const kept = secrets.slice(0, room);
    this.#count += kept.length;
    this.#more += more + secrets.length - kept.length;
    if (kept.length > 0) this.#files.push({ entry: this.#entry, path: this.#path, secrets: kept });
  }
}

/** Returns the path of an entry as the rules expect it. */
function absolute(path: Uint8Array): string {
  const text = Buffer.from(path.buffer, path.byteOffset, path.length).toString('utf8');
  return `/${text.replace(/^(?:\.?\/)+/, '')}`;
}
