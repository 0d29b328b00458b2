import { readHeaders } from '@layers/tar/internal';
import { now } from './clock.js';
import type { HeaderSample } from './header-sample.js';
import type { Sample } from './stage.js';

/** Decodes header blocks in memory: the codec alone. `bytes` counts the headers. */
export function parseOnce(samples: readonly HeaderSample[]): Sample {
  let entries = 0;
  let bytes = 0;
  const began = now();
  for (const sample of samples) {
    for (const _ of readHeaders(sample.bytes)) entries++;
    bytes += sample.bytes.length;
  }
  return { seconds: now() - began, bytes, entries };
}
