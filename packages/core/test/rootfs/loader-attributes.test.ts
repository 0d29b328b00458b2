import { base256, END, entryWith, join, pax } from '@layers/testing/raw-tar';
import { describe, expect, it, test } from 'vitest';
import { loadedId, xattrProblem } from '../../src/rootfs/loader-attributes.ts';
import { changesetBySeeking } from './union-helpers.ts';

// What Docker 20.10, containerd 1.6, podman 4.3 and umoci 0.4 put on the disk.
test.each([
  [0, 0],
  [1000, 1000],
  [2 ** 31, 2 ** 31],
  [4_294_967_294, 4_294_967_294],
  [4_294_967_295, 0],
  [4_294_967_296, 0],
  [4_294_967_299, 3],
  [-1, 0],
  [-2, 4_294_967_294],
  [-(2 ** 31), 2 ** 31],
  [-4_294_967_295, 1],
  [-4_294_967_297, 0],
])('the id %d becomes %d', (id, loaded) => {
  expect(loadedId(id)).toBe(loaded);
});

test.each([
  ['user.k', 'v', null],
  ['user.k', '', 'drop'],
  ['', 'v', 'refuse'],
  ['user.', 'v', 'refuse'],
  ['trusted.', 'v', 'refuse'],
  ['security.', 'v', 'refuse'],
  // The system does not know these, which loaders tolerate.
  ['system.', 'v', null],
  ['k', 'v', null],
  [`user.${'a'.repeat(250)}`, 'v', null],
  [`user.${'a'.repeat(251)}`, 'v', 'refuse'],
  ['user.k', 'v'.repeat(65_536), null],
  ['user.k', 'v'.repeat(65_537), 'refuse'],
])('the attribute %s: %s', (name, value, problem) => {
  expect(xattrProblem(name, Buffer.from(value))).toBe(problem);
});

describe('a layer', () => {
  const findingsOf = (...parts: readonly Uint8Array[]) => {
    const { findings, uid, gid } = changesetBySeeking(Buffer.from(join(...parts, END)));
    return { owners: [...uid].map((id, i) => `${id}:${gid[i]}`), findings };
  };

  it('has the owners that loaders set, with a finding', () => {
    const { owners, findings } = findingsOf(
      entryWith({ name: 'a', uid: base256(-1n, 8), gid: 7 }),
      join(pax(['gid', '4294967297']), entryWith({ name: 'b', uid: 5 })),
      entryWith({ name: 'c', uid: base256(2n ** 60n + 9n, 8) }),
      join(pax(['uid', String(-(2n ** 63n) + 4n)]), entryWith({ name: 'd' })),
      entryWith({ name: '.wh.e', uid: base256(-1n, 8) }),
    );
    expect(owners).toEqual(['0:7', '5:1', '9:0', '4:0', '0:0']);
    expect(findings.map(({ code, place }) => [code, place?.path])).toEqual([
      ['owner-out-of-range', '/a'],
      ['owner-out-of-range', '/b'],
      ['owner-out-of-range', undefined],
      ['owner-out-of-range', undefined],
    ]);
    expect(findings[0]?.message).toBe(
      'the owner -1:7 is out of range; Docker, containerd, podman and umoci set 0:7',
    );
  });

  it('with an id of more than 64 bits is refused, as a finding says', () => {
    const { findings } = findingsOf(join(pax(['uid', String(2n ** 63n)]), entryWith({ name: 'a' })));
    expect(findings.map(({ code }) => code)).toEqual(['invalid-number']);
  });

  it('has findings for attributes that loaders drop or refuse', () => {
    const { findings } = findingsOf(
      join(pax(['SCHILY.xattr.user.empty', ''], ['SCHILY.xattr.user.', 'v']), entryWith({ name: 'a' })),
    );
    expect(findings.map(({ code, message }) => [code, message.split(';')[0]])).toEqual([
      ['xattr-empty', 'the extended attribute "user.empty" is empty'],
      ['xattr-refused', 'the extended attribute "user." has a name or size that Linux does not support'],
    ]);
  });
});
