import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PROGRAM_READER } from '../../../src/packages/languages/programs.ts';
import { buildElf, buildMachO, buildPe, buildUniversal } from './build-executables.ts';
import { fileOf } from './files.ts';

const FORM = { word: 8, isLittle: true, section: '.dep-v0' } as const;
const CRATES = {
  packages: [
    { name: 'adler', version: '1.0.2', source: 'crates.io', kind: 'build' },
    { name: 'serde', version: '1.0.219', source: 'crates.io', features: ['std'] },
    { name: 'serde_json', version: '1.0.140', source: 'crates.io', kind: 'runtime', dependencies: [1] },
    { name: 'tool', version: '0.3.0', source: 'local', root: true, dependencies: [0, 2] },
  ],
};
const PACKAGES = [
  ['cargo', 'serde', '1.0.219', false],
  ['cargo', 'serde_json', '1.0.140', false],
  ['cargo', 'tool', '0.3.0', true],
];

const listed = (value: unknown): Buffer => deflateSync(JSON.stringify(value));
const read = (bytes: Uint8Array) =>
  PROGRAM_READER.read(fileOf('/usr/bin/tool', bytes)).map(({ ecosystem, name, version, isWholeFile }) => [
    ecosystem,
    name,
    version,
    isWholeFile,
  ]);

describe('a program that cargo auditable built', () => {
  it('lists its crates, without those of the build', () => {
    expect(read(buildElf(listed(CRATES), FORM))).toEqual(PACKAGES);
    expect(read(buildElf(listed(CRATES), { ...FORM, word: 4, isLittle: false }))).toEqual(PACKAGES);
    expect(read(buildMachO(listed(CRATES), FORM))).toEqual(PACKAGES);
    expect(
      read(buildUniversal([buildMachO(listed(CRATES), FORM), buildMachO(listed(CRATES), FORM)])),
    ).toEqual(PACKAGES);
  });

  it('may pad the list, as in PE', () => {
    expect(read(buildPe(Buffer.concat([listed(CRATES), Buffer.alloc(512)]), 8, '.dep-v0'))).toEqual(PACKAGES);
  });

  it.each<[string, Uint8Array]>([
    ['is no compressed data', Buffer.from('{"packages":[]}')],
    ['is cut', listed(CRATES).subarray(0, -9)],
    ['is no JSON', deflateSync('{"packages":')],
    ['has another form', listed({ packages: { name: 'a' } })],
    ['has other items', listed({ packages: [null, 1, 'a', [], { name: 'a' }, { version: '1' }] })],
    ['is too large', deflateSync(Buffer.alloc(3 * 2 ** 20, ' '))],
  ])('lists nothing where the list %s', (_, data) => {
    expect(read(buildElf(data, FORM))).toEqual([]);
  });
});
