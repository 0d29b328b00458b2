import { deflateSync } from 'node:zlib';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JAR_READER } from '../../../src/packages/languages/java/jar.ts';
import type { PackageReader } from '../../../src/packages/languages/language-package.ts';
import { NPM_READER } from '../../../src/packages/languages/npm.ts';
import { PROGRAM_READER } from '../../../src/packages/languages/programs.ts';
import { PYPI_READER } from '../../../src/packages/languages/python.ts';
import { GEM_READER } from '../../../src/packages/languages/ruby.ts';
import {
  buildElf,
  buildMachO,
  buildPe,
  buildUniversal,
  inlineBuildInfo,
  pointerBuildInfo,
} from './build-executables.ts';
import { buildZip } from './build-zip.ts';
import { fileOf } from './files.ts';

const MODULES = 'path\ta.com/a\nmod\ta.com/a\tv1.0.0\ndep\tb.com/b\tv1\n=>\tc.com/c\tv2\th1:x\n';
const FORMS = [
  { word: 8, isLittle: true },
  { word: 4, isLittle: false },
] as const;
const CRATES = deflateSync('{"packages":[{"name":"a","version":"1","root":true}]}');
const MANIFEST = { name: 'META-INF/MANIFEST.MF', data: 'A: b\nBundle-SymbolicName: org.lib.core\n' };
const POM = { name: 'META-INF/maven/a/lib/pom.properties', data: 'groupId=a\nartifactId=lib\nversion=1\n' };
const LIBRARY = buildZip([MANIFEST, POM]);

/** Valid files of all forms, with the number of their packages. */
const FILES: readonly (readonly [PackageReader, path: string, Buffer, count: number])[] = [
  ...FORMS.flatMap((form) => {
    const infos = [inlineBuildInfo('go1.26.0', MODULES), pointerBuildInfo('go1.17', MODULES, form)];
    return infos.flatMap((info) =>
      [buildElf(info, form), buildElf(info, { ...form, section: null }), buildMachO(info, form)].map(
        (bytes) => [PROGRAM_READER, '/bin/a', bytes, 3] as const,
      ),
    );
  }),
  [PROGRAM_READER, '/bin/a', buildElf(CRATES, { ...FORMS[0], section: '.dep-v0' }), 1],
  [PROGRAM_READER, '/a.exe', buildPe(inlineBuildInfo('go1.26.0', MODULES)), 3],
  [PROGRAM_READER, '/bin/a', buildUniversal([buildMachO(inlineBuildInfo('go1.26.0', MODULES), FORMS[0])]), 3],
  ...[{}, { isZip64: true, prefix: '#!/bin/sh\n', comment: 'end' }].map((form) => {
    const inner = { name: 'lib/core-2.jar', data: LIBRARY };
    const parts = [MANIFEST, POM, inner, { ...inner, isStored: true }];
    return [JAR_READER, '/lib-1.jar', buildZip(parts, form), 5] as const;
  }),
  [NPM_READER, '/package.json', Buffer.from('{"name":"a","version":"1","license":{"type":"MIT"}}'), 1],
  [PYPI_READER, '/a.egg-info', Buffer.from('Name: a\nVersion: 1\nSummary: a\n b\nLicense: MIT\n\nText'), 1],
  [
    GEM_READER,
    '/specifications/a.gemspec',
    Buffer.from('# stub: a 1 ruby lib\nx do |s|\n s.name = "a"\n s.licenses = ["MIT",\n "B"]\nend\n'),
    1,
  ],
];

interface Damage {
  /** Where, from the start of the file or from its end, and which bytes. */
  readonly at: number;
  readonly isFromEnd: boolean;
  readonly bytes: Uint8Array;
}

/** Most bytes of the files are padding, so damage is near the start and the end, where the structures are. */
const damages = fc.array(
  fc.record({
    at: fc.oneof(fc.nat(700), fc.integer({ min: 1000, max: 2300 }), fc.integer({ min: 4090, max: 4400 })),
    isFromEnd: fc.boolean(),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(Buffer.alloc(8, 0xff), Buffer.alloc(4), Buffer.from([0xff, 0xff, 0xff, 0x7f])),
    ),
  }),
  { maxLength: 6 },
);

function damaged(bytes: Buffer, list: readonly Damage[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, isFromEnd, bytes: other } of list) {
    const place = at % copy.length;
    const position = isFromEnd ? copy.length - 1 - place : place;
    copy.set(other.subarray(0, copy.length - position), position);
  }
  return copy;
}

/** Reads a file twice, with the checks of `fileOf` for every read. */
function check(reader: PackageReader, path: string, bytes: Uint8Array): void {
  reader.accepts?.(bytes.subarray(0, 4096));
  const file = fileOf(path, bytes);
  const packages = reader.read(file);
  expect(reader.read(file)).toEqual(packages);
  expect(file.reads).toBeLessThan(1000);
  for (const { name, version, licences } of packages) {
    for (const text of [name, version ?? 'none', ...licences]) {
      expect(text.length > 0 && text.length <= 512, text).toBe(true);
    }
  }
}

describe('a hostile file', () => {
  it('starts from a valid one', () => {
    for (const [reader, path, bytes, count] of FILES) {
      expect(reader.read(fileOf(path, bytes)), path).toHaveLength(count);
    }
  });

  it('yields packages or none, and no other error, where bytes differ', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), damages, ([reader, path, bytes], list) => {
        check(reader, path, damaged(bytes, list));
      }),
      { numRuns: runs(2000, 50_000) },
    );
  });

  it('yields packages or none, and no other error, where it is cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.double({ min: 0, max: 1, noNaN: true }), (file, part) => {
        const [reader, path, bytes] = file;
        check(reader, path, bytes.subarray(0, Math.floor(bytes.length * part)));
        check(reader, path, bytes.subarray(Math.floor(bytes.length * part)));
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  it('yields no other error where it is random', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.nat(64), bytes, ([reader, path, valid], start, random) => {
        check(reader, path, Buffer.concat([valid.subarray(0, start), random]));
      }),
      { numRuns: runs(1000, 50_000) },
    );
  });
});
