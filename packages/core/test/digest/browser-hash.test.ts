import { createHash as createNodeHash } from 'node:crypto';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHash } from '../../src/digest/hash.browser.ts';
import { createContentMac, MAC_KEY_BYTES } from '../../src/image/layers/content-mac.browser.ts';

it('hashes several contents at the same time as Node does', () => {
  const algorithm = fc.constantFrom('sha256', 'sha512');
  const pieces = fc.array(fc.tuple(fc.nat(2), fc.uint8Array({ maxLength: 300 })), { maxLength: 30 });
  fc.assert(
    fc.property(fc.tuple(algorithm, algorithm, algorithm), pieces, (algorithms, updates) => {
      const ours = algorithms.map((name) => createHash(name));
      const nodes = algorithms.map((name) => createNodeHash(name));
      for (const [which, bytes] of updates) {
        ours[which]?.update(bytes);
        nodes[which]?.update(bytes);
      }
      expect(ours.map((hash) => hash.digest('hex'))).toEqual(nodes.map((hash) => hash.digest('hex')));
    }),
    { numRuns: runs(200, 5000) },
  );
});

it('hashes text as UTF-8', () => {
  const hash = createHash('sha256');
  hash.update('é€\u{1f600}');
  expect(hash.digest('hex')).toBe(createNodeHash('sha256').update('é€\u{1f600}').digest('hex'));
});

it('computes codes that depend on the key and on every byte', () => {
  const key = new Uint8Array(MAC_KEY_BYTES).fill(7);
  const codeOf = (secret: Uint8Array, ...parts: string[]) => {
    const mac = createContentMac(secret);
    for (const part of parts) mac.update(Buffer.from(part));
    return Buffer.from(mac.finish()).toString('hex');
  };
  expect(codeOf(key, 'ab', 'c')).toBe(codeOf(key, 'a', 'bc'));
  expect(codeOf(key, 'abc')).toHaveLength(32);
  expect(codeOf(key, 'abc')).not.toBe(codeOf(key, 'abd'));
  expect(codeOf(key, 'abc')).not.toBe(codeOf(new Uint8Array(MAC_KEY_BYTES), 'abc'));
});
