import { expect, test } from 'vitest';
import { renderRemovals } from '../../src/render/removals.ts';

const id = `sha256:${'a'.repeat(64)}` as const;
const manifest = (digit: string) => `sha256:${digit.repeat(64)}` as const;

test('an image of several manifests, and its config, is printed once', () => {
  const lines = renderRemovals([
    { kind: 'untagged', ref: 'app:\u001b[1m' },
    { kind: 'image', id, manifestDigest: manifest('1') },
    { kind: 'image', id, manifestDigest: manifest('2') },
    { kind: 'image', id: null, manifestDigest: manifest('3') },
    { kind: 'blob', what: 'manifest', digest: manifest('1'), sizeBytes: 1 },
    { kind: 'blob', what: 'config', digest: id, sizeBytes: 1 },
  ]);
  expect([...lines]).toEqual([
    'Untagged: app:\\x1b[1m\n',
    `Deleted: ${id}\n`,
    `Deleted: ${manifest('3')}\n`,
    `Deleted: ${manifest('1')}\n`,
  ]);
});
