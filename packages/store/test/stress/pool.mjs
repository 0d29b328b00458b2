import { createHash } from 'node:crypto';

const digestOf = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Layers that the images of all processes share. Their bytes depend only on their number; a store accepts any bytes. */
const SIZES = [700, 20_000, 300_000, 1_500_000, 4_000_000, 9_000_000];

const layers = SIZES.map((size, number) => {
  const bytes = Buffer.alloc(size);
  let state = number + 1;
  for (let at = 0; at + 4 <= size; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return { bytes, digest: digestOf(bytes) };
});

export const IMAGES = 12;

/** The image of a number, as `loadImages` accepts it: some shared layers, one of its own, and a config. */
export function imageOf(owner, number, tags) {
  const shared = layers.filter(
    (_, i) => ((number * 7 + 5) >> (i % 5)) % 2 === 1 || i === number % SIZES.length,
  );
  const bytes = Buffer.from(`layer ${number} of ${owner}`.repeat(1000));
  const own = [...shared, { bytes, digest: digestOf(bytes) }];
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      author: `image ${number} of ${owner}`,
      rootfs: { type: 'layers', diff_ids: own.map(({ digest }) => digest) },
    }),
  );
  return {
    layers: own.map(({ bytes, digest }) => ({
      kind: 'existing',
      digest,
      sizeBytes: bytes.length,
      diffId: digest,
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      source: null,
      async *chunks() {
        for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
      },
    })),
    config: () => config,
    manifest: null,
    tags,
    platform: { os: 'linux', architecture: 'amd64' },
    annotations: new Map(),
  };
}

export const idOf = (owner, number) => digestOf(imageOf(owner, number, []).config());

/** Pseudorandom numbers from 0 up to 1. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
