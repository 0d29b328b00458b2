import { type Compression, decompressStream, openReference } from '@layers/core/compression';
import type { SourceReference } from '@layers/core/io';
import type { RuleFile } from '../custom/rule-file.js';
import { rulesOf } from '../custom/rules-of.js';
import { type CompiledRules, compileRules } from './compiled-rules.js';
import { type LayerSecrets, scanLayer } from './scan-layer.js';

/** A layer that can be read by position. Plain data that can be sent to a thread. */
export interface ScanJob {
  readonly source: SourceReference;
  readonly compression: Compression | null;
  /** The rules of the user; null for the built-in ones. */
  readonly rules: RuleFile | null;
  /** Shared memory for progress: bytes read so far, in [0]. */
  readonly progress: BigInt64Array | null;
}

/** Scans a layer. Throws as reading its source does. */
export function runScan({ source, compression, rules, progress }: ScanJob): Promise<LayerSecrets> {
  const stored = counted(openReference(source).stream(), progress);
  const tar = compression === null ? stored : decompressStream(stored, compression, { ignoreTrailing: true });
  return scanLayer(tar, compiled(rules));
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  progress: BigInt64Array | null,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    if (progress !== null) Atomics.add(progress, 0, BigInt(chunk.length));
  }
}

let last: { readonly key: string; readonly rules: CompiledRules } | null = null;

/** Compiles rules, once for all layers that a thread scans. */
export function compiled(file: RuleFile | null): CompiledRules {
  const key = JSON.stringify(file);
  if (last?.key !== key) last = { key, rules: compileRules(rulesOf(file)) };
  return last.rules;
}
