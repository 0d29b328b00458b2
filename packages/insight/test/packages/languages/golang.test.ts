import { describe, expect, it } from 'vitest';
import { PROGRAM_READER } from '../../../src/packages/languages/programs.ts';
import {
  buildElf,
  buildMachO,
  buildPe,
  buildUniversal,
  inlineBuildInfo,
  pointerBuildInfo,
} from './build-executables.ts';
import { fileOf } from './files.ts';

const FORM = { word: 8, isLittle: true } as const;
const MODULES = [
  'path\texample.com/tool/cmd',
  'mod\texample.com/tool\tv1.4.0\th1:aaa=',
  'dep\tgolang.org/x/sys\tv0.30.0\th1:bbb=',
  'dep\texample.com/old\tv1.0.0',
  '=>\texample.com/fork/v2\tv2.1.0\th1:ccc=',
  'dep\texample.com/local\tv1.0.0',
  '=>\t./local\t(devel)\t',
  'build\t-buildmode=exe',
  '',
].join('\n');
const PACKAGES = [
  ['example.com/tool', 'v1.4.0', true],
  ['golang.org/x/sys', 'v0.30.0', false],
  ['example.com/fork/v2', 'v2.1.0', false],
  ['example.com/local', null, false],
  ['stdlib', '1.26.0', false],
];

function read(bytes: Uint8Array) {
  expect(PROGRAM_READER.accepts?.(bytes.subarray(0, 4096))).toBe(true);
  return PROGRAM_READER.read(fileOf('/usr/bin/tool', bytes));
}
const namesOf = (bytes: Uint8Array) =>
  read(bytes).map(({ name, version, isWholeFile }) => [name, version, isWholeFile]);
const mainOf = (...lines: readonly string[]) => {
  const [main] = read(buildElf(inlineBuildInfo('go1.26.0', `${lines.join('\n')}\n`), FORM));
  return main?.isWholeFile === true ? [main.name, main.version] : null;
};

describe('build info', () => {
  const forms = [
    { word: 8, isLittle: true },
    { word: 8, isLittle: false },
    { word: 4, isLittle: true },
    { word: 4, isLittle: false },
  ] as const;

  it.each(forms)('is found in ELF: %o', (form) => {
    for (const info of [inlineBuildInfo('go1.26.0', MODULES), pointerBuildInfo('go1.26.0', MODULES, form)]) {
      expect(namesOf(buildElf(info, form))).toEqual(PACKAGES);
      expect(namesOf(buildElf(info, { ...form, section: null }))).toEqual(PACKAGES);
    }
  });

  it.each(forms)('is found in Mach-O: %o', (form) => {
    for (const info of [inlineBuildInfo('go1.26.0', MODULES), pointerBuildInfo('go1.26.0', MODULES, form)]) {
      expect(namesOf(buildMachO(info, form))).toEqual(PACKAGES);
      expect(namesOf(buildMachO(info, { ...form, section: null }))).toEqual(PACKAGES);
    }
  });

  it('is found in PE', () => {
    for (const word of [4, 8] as const) {
      for (const info of [
        inlineBuildInfo('go1.26.0', MODULES),
        pointerBuildInfo('go1.26.0', MODULES, { word, isLittle: true }),
      ]) {
        expect(namesOf(buildPe(info, word))).toEqual(PACKAGES);
      }
    }
  });

  it('is that of all architectures of a universal binary, with equal packages once', () => {
    const other = inlineBuildInfo('go1.25.1', MODULES);
    const programs = [
      buildMachO(inlineBuildInfo('go1.26.0', MODULES), FORM),
      Buffer.alloc(64 * 1024),
      buildMachO(other, FORM),
    ];
    expect(namesOf(buildUniversal(programs))).toEqual([...PACKAGES, ['stdlib', '1.25.1', false]]);
  });

  it('starts at a multiple of 16 in the data', () => {
    const info = inlineBuildInfo('go1.26.0', MODULES);
    const decoy = inlineBuildInfo('go1.1', 'mod\tdecoy\tv1\n');
    const data = Buffer.concat([Buffer.alloc(8), decoy, Buffer.alloc(15 - ((decoy.length + 7) % 16)), info]);
    expect(namesOf(buildElf(data, { ...FORM, section: null }))).toEqual(PACKAGES);
    // The data itself may start elsewhere.
    const shifted = { ...FORM, section: null, shift: 8 };
    const aligned = Buffer.concat([Buffer.alloc(8), info]);
    expect(namesOf(buildElf(aligned, shifted))).toEqual(PACKAGES);
  });

  it('is searched in writable data that is loaded, not in code or other segments', () => {
    const form = { ...FORM, section: null, data: inlineBuildInfo('go1.26.0', MODULES) };
    const other = (type: number, flags: number) => ({ type, flags, data: inlineBuildInfo('go1.1', '') });
    for (const before of [other(1, 5), other(1, 7), other(4, 6)]) {
      expect(namesOf(buildElf(form.data, { ...form, before }))).toEqual(PACKAGES);
    }
  });

  it('is not read from a section without bytes in the file', () => {
    expect(
      read(buildElf(inlineBuildInfo('go1.26.0', MODULES), { ...FORM, sectionType: 8, flags: 5 })),
    ).toEqual([]);
  });

  it('has strings of limited lengths', () => {
    expect(read(buildElf(inlineBuildInfo('go1.26.0'.padEnd(2000, '0'), MODULES), FORM))).toEqual([]);
    expect(read(buildElf(inlineBuildInfo('go1.26.0', 'x'.repeat(5 * 2 ** 20)), FORM))).toEqual([]);
  });

  it('may be without modules', () => {
    expect(namesOf(buildElf(inlineBuildInfo('go1.26.0', ''), FORM))).toEqual([['stdlib', '1.26.0', false]]);
  });

  it('of another program in C is absent', () => {
    expect(read(buildElf(Buffer.alloc(5000, 'data'), { ...FORM, section: '.data' }))).toEqual([]);
    expect(read(buildElf(new Uint8Array(0), { ...FORM, section: '.data' }))).toEqual([]);
  });

  it.each([
    ['go1.22.3', '1.22.3'],
    ['go1.21.4 X:nocoverageredesign', '1.21.4'],
    ['devel go1.27-0a1b2c3d4e Tue Jan 2 2026', '1.27-0a1b2c3d4e'],
    ['unknown', null],
  ])('has the version of Go %s', (goVersion, version) => {
    const packages = read(buildElf(inlineBuildInfo(goVersion, ''), FORM));
    expect(packages).toMatchObject([{ name: 'stdlib', version, licences: ['BSD-3-Clause'] }]);
  });

  it('reads the headers and the build info, not the whole file', () => {
    const program = Buffer.concat([
      buildElf(inlineBuildInfo('go1.26.0', MODULES), FORM),
      Buffer.alloc(4 * 2 ** 20),
    ]);
    const file = fileOf('/usr/bin/tool', program);
    expect(PROGRAM_READER.read(file)).toHaveLength(PACKAGES.length);
    expect(file.reads).toBeLessThan(20);
  });
});

describe('the main module', () => {
  const MAIN = 'mod\texample.com/tool\t(devel)';

  it('has no version where the build info has none', () => {
    expect(mainOf(MAIN)).toEqual(['example.com/tool', null]);
  });

  it('has the pseudo-version of its commit', () => {
    const lines = ['build\tvcs.revision=0123456789abcdef0123', 'build\tvcs.time=2024-05-06T07:08:09Z'];
    expect(mainOf(MAIN, ...lines)).toEqual(['example.com/tool', 'v0.0.0-20240506070809-0123456789ab']);
    expect(mainOf(MAIN, lines[0] ?? '')).toEqual(['example.com/tool', null]);
  });

  it.each([
    ['"-s -w -X main.version=1.2.3"', 'v1.2.3'],
    ['"-X main.Version=v1.2.3-rc.1+build"', 'v1.2.3-rc.1+build'],
    ['"-X \'main.gitTag=v1.2.3\'"', 'v1.2.3'],
    ['`-X "main.version=1.2.3"`', 'v1.2.3'],
    ['"-X=example.com/tool/pkg/meta.buildVersion=tool/1.2.3"', 'v1.2.3'],
    ['"-X main.goVersion=1.26.0 -X example.com/other.Version=3.0.0"', null],
    ['"-X main.commit=1.2.3"', null],
    ['"-X main.version=dev"', null],
    ['"-X main.version', null],
  ])('has the version that -ldflags=%s set', (flags, version) => {
    expect(mainOf(MAIN, `build\t-ldflags=${flags}`)).toEqual(['example.com/tool', version]);
  });

  it('is the only dependency without a version for a program from single files', () => {
    const lines = ['path\tcommand-line-arguments', 'dep\ta.com/a\tv1.0.0', 'dep\ta.com/own\t(devel)'];
    expect(mainOf(...lines)).toEqual(['a.com/own', null]);
    expect(mainOf(...lines, 'dep\ta.com/other\t(devel)')).toEqual(['command-line-arguments', null]);
  });

  it('is the package where the build info has no module', () => {
    expect(mainOf('path\tcmd/go')).toEqual(['cmd/go', null]);
  });
});

describe('the files that may be programs of Go', () => {
  it('are executables of at least 64 KiB', () => {
    expect(PROGRAM_READER.wants({ path: '/a', size: 65_536, mode: 0o644 })).toBe(true);
    expect(PROGRAM_READER.wants({ path: '/a', size: 65_535, mode: 0o755 })).toBe(false);
  });

  it('do not begin as other files do', () => {
    const program = buildElf(Buffer.alloc(10), FORM);
    const object = Buffer.from(program);
    object[16] = 1;
    const javaClass = Buffer.alloc(4096);
    javaClass.set([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52]);
    for (const head of [
      object,
      javaClass,
      Buffer.alloc(4096),
      program.subarray(0, 40),
      Buffer.from('#!/bin/sh'),
    ]) {
      expect(PROGRAM_READER.accepts?.(head.subarray(0, 4096))).toBe(false);
      expect(PROGRAM_READER.read(fileOf('/a', head))).toEqual([]);
    }
  });
});
