import type { LayerReport } from '@layers/core/analysis';
import type { SourceInfo } from '@layers/core/image';
import type { Advice } from './document.js';

/** A layer with less content costs a transfer of its own for next to nothing. */
const SMALL_BYTES = 64 * 1024;

/** So many small layers are more than a readable Dockerfile needs. */
const MANY_LAYERS = 8;

/** Below it, compression saves next to nothing. */
const WORTH_COMPRESSING_BYTES = 1_000_000;

/** Formats whose layers are sent over a network as they are stored. docker save and the store keep layers uncompressed. */
const SENT_AS_STORED: ReadonlySet<SourceInfo['format']> = new Set(['registry', 'oci-archive']);

/** Returns advice about layers, not files: it saves transfers, and no bytes of files. */
export function layerAdvice(
  source: SourceInfo,
  layers: readonly LayerReport[],
  firstLayer: number,
): Advice[] {
  const own = layers.slice(firstLayer);
  const advice: Advice[] = [];
  const small = own.filter(({ contentBytes }) => contentBytes < SMALL_BYTES);
  if (small.length >= MANY_LAYERS) {
    advice.push({
      ...NOTHING_SAVED,
      code: 'small-layers',
      problem: `${small.length} of ${own.length} layers have less than 64 KiB of files`,
      fix: 'join instructions that follow each other: several COPY into one, several RUN by &&',
      example: 'RUN COMMAND && COMMAND',
      storedBy: small.map(storing),
    });
  }
  const raw = own.filter(({ compression, storedBytes }) => compression === null && storedBytes > 0);
  const bytes = raw.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  if (SENT_AS_STORED.has(source.format) && bytes >= WORTH_COMPRESSING_BYTES) {
    advice.push({
      ...NOTHING_SAVED,
      code: 'uncompressed-layers',
      problem: `${raw.length} of ${own.length} layers are not compressed: ${bytes} bytes are sent as they are`,
      fix: 'compress them without a new build',
      example: 'layers repack IMAGE --compression gzip -o OUTPUT',
      storedBy: raw.map(storing),
    });
  }
  return advice;
}

const NOTHING_SAVED = {
  rule: null,
  savableBytes: 0,
  pullBytes: 0,
  files: 0,
  repack: false,
  wastedBy: null,
  paths: [],
  morePaths: 0,
} as const;

function storing({ layer, instruction, contentBytes }: LayerReport): Advice['storedBy'][number] {
  return { layer, instruction, sizeBytes: contentBytes };
}
