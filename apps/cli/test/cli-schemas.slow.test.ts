import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { oddArchive } from '@layers/testing/odd-archive';
import { packageArchive } from '@layers/testing/package-archives';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { buildTar } from '@layers/testing/tar-builder';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = new URL('../schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
for (const name of readdirSync(folder))
  ajv.addSchema(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name);

function schema(name: string): ValidateFunction {
  const validate = ajv.getSchema(`${name}.json`);
  if (validate === undefined) throw new Error(`there is no schema ${name}`);
  return validate;
}

function check(name: string, text: string): void {
  const validate = schema(name);
  const valid = validate(JSON.parse(text));
  expect(valid ? [] : validate.errors).toEqual([]);
  expect(text).toMatch(/^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]*$/);
}

const scratch = mkdtempSync(join(tmpdir(), 'layers-schemas-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const archives = [
  join(examples, 'demo.tar'),
  join(examples, 'demo-oci.tar'),
  join(scratch, 'odd.tar'),
  join(scratch, 'odd-oci.tar'),
];

beforeAll(() => {
  mkdirSync(join(scratch, 'added'));
  writeFileSync(join(scratch, 'added', 'new'), 'new\n');
  writeFileSync(join(scratch, 'odd.tar'), oddArchive({ form: 'legacy' }));
  writeFileSync(join(scratch, 'before.tar'), archiveOf([BEFORE]));
  writeFileSync(join(scratch, 'after.tar'), archiveOf([AFTER]));
  writeFileSync(join(scratch, 'odd-oci.tar'), oddArchive({ form: 'oci', compression: 'gzip' }));
});

const documents: readonly (readonly [string, readonly string[]])[] = [
  ['inspect', ['inspect']],
  ['inspect', ['inspect', '--verify', '--top', '0']],
  ['list', ['list']],
  ['waste', ['waste']],
  ['advise', ['advise', '--min-size', '0']],
  ['config', ['config']],
  [
    'check',
    ['check', '--max-wasted', '1TB', '--forbid', '*.absent', '--warn', 'secrets', '--warn', 'setuid'],
  ],
  ['check', ['check', '--min-efficiency', '0', '--warn', 'layers=0', '--warn', 'user']],
  ['check', ['check', '--metrics', 'dive', '--min-efficiency', '0']],
  ['base', ['base']],
  ['dockerfile', ['dockerfile']],
  ['duplicates', ['duplicates']],
  ['find', ['find']],
  ['secrets', ['secrets', '--all']],
  ['secrets', ['secrets']],
  ['packages', ['packages']],
  ['history', ['history']],
  ['ls', ['ls']],
  ['ls', ['ls', '-R', '--digest']],
  ['ls', ['ls', '--layer', '1']],
  ['tree', ['tree']],
  ['tree', ['tree', '--depth', '1']],
  ['tree', ['tree', '--layer', '1']],
  ['verify', ['verify']],
  ['bench', ['bench', '--max-seconds', '0']],
  ['bench', ['bench', '--max-seconds', '0', '--no-extract']],
];

const REAL = documents.filter(([, args]) =>
  [
    'inspect',
    'ls -R --digest',
    'verify',
    'advise --min-size 0',
    'duplicates',
    'find',
    'secrets --all',
    'packages',
  ].includes(args.join(' ')),
);

const lists: readonly (readonly [string, readonly string[]])[] = [
  ['list-item', ['list']],
  ['waste-item', ['waste']],
  ['find-item', ['find']],
  ['history-step', ['history']],
  ['ls-entry', ['ls', '-R', '--digest']],
  ['ls-entry', ['ls', '--layer', '0']],
];

describe.each(archives)('%s', (archive) => {
  it.each(documents)('prints a document of the schema %s for %j', (name, args) => {
    const { status, stdout, stderr } = layers([...args, '--json', archive]);
    expect([status, stderr]).toEqual([0, '']);
    check(name, stdout);
  });

  it.each(lists)('prints lines of the schema %s for %j', (name, args) => {
    const { status, stdout } = layers([...args, '--jsonl', archive]);
    expect(status).toBe(0);
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) check(name, line);
  });
});

describe('layers packages', () => {
  it('prints a document and lines of its schemas', () => {
    const archive = join(scratch, 'packages.tar');
    writeFileSync(archive, packageArchive());
    for (const args of [[], ['--all-layers'], ['--top', '1']]) {
      check('packages', layers(['packages', '--json', ...args, archive]).stdout);
      const lines = layers(['packages', '--jsonl', ...args, archive])
        .stdout.split('\n')
        .slice(0, -1);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) check('packages-item', line);
    }
  });
});

describe('several images', () => {
  it('print documents and lines of their schemas', () => {
    writeFileSync(join(scratch, 'no-image.tar'), 'text\n'.repeat(200));
    const names = [...archives, join(scratch, 'no-image.tar')];
    for (const [command, schemaOfAll, schemaOfLine] of [
      ['inspect', 'inspect-list', 'inspect'],
      ['list', 'list-archives', 'list-item'],
    ] as const) {
      const { status, stdout } = layers([command, '--json', ...names]);
      expect(status).toBe(1);
      check(schemaOfAll, stdout);
      expect(JSON.parse(stdout).failures.length).toBe(1);
      const lines = layers([command, '--jsonl', ...names])
        .stdout.split('\n')
        .slice(0, -1);
      expect(lines.length).toBe(archives.length);
      for (const line of lines) check(schemaOfLine, line);
    }
    check('inspect-list', layers(['inspect', '--all', '--json', join(examples, 'two-images.tar')]).stdout);
  });
});

describe('layers log', () => {
  const logged: readonly (readonly [string, readonly string[]])[] = [
    ['demo.tar', ['/etc/bramble/bramble.conf']],
    ['demo.tar', ['-p', '/usr/share/doc/base/README']],
    ['demo.tar', ['-p', '/etc/bramble/default.conf']],
    ['demo-oci.tar', ['/var/cache/bramble']],
    ['demo-oci.tar', ['/']],
  ];
  it.each(logged)('of %s prints a document and lines of its schemas for %j', (name, args) => {
    const archive = join(examples, name);
    const log = (form: string) => layers(['log', form, archive, ...args]);
    check('log', log('--json').stdout);
    const lines = log('--jsonl').stdout.split('\n').slice(0, -1);
    expect(lines.length > 0).toBe(!args.includes('/'));
    for (const line of lines) check('log-event', line);
  });
});

describe('layers pull-cost', () => {
  it('prints a document and lines of its schemas', () => {
    const names = ['demo.tar', 'demo-oci.tar'].map((name) => join(examples, name));
    check('pull-cost', layers(['pull-cost', '--json', ...names]).stdout);
    for (const line of layers(['pull-cost', '--jsonl', ...names, join(examples, 'demo.tar')])
      .stdout.split('\n')
      .slice(0, -1)) {
      check('pull-cost-item', line);
    }
  });
});

describe('layers explore', () => {
  // The tree, with changes, filter and search; a text; lists; an empty tree.
  for (const keys of [
    '<tab>E',
    'j<ctrl-a>G<tab>Ef*o*<enter>/o<enter>',
    '?',
    'WE',
    'DE',
    'F',
    'fnone<enter>',
    '<tab>bE',
  ])
    it(`writes a document of its schema after the keys ${keys}`, () => {
      for (const archive of archives) {
        const file = join(scratch, 'seen.json');
        const args = ['explore', '--plain', '--export', file, '--force', archive];
        layers(args, { input: Buffer.from(keys) });
        check('explore', readFileSync(file, 'utf8'));
      }
    });

  it('writes a document of its schema for two images', () => {
    const [a = ''] = archives;
    const file = join(scratch, 'pair.json');
    for (const keys of ['', '<tab>cE', 'j<tab>E', 'jjjjjjjjj<ctrl-a><tab>E', 'F', 'jWE']) {
      layers(['explore', '--plain', '--export', file, '--force', a, join(scratch, 'odd.tar')], {
        input: Buffer.from(keys),
      });
      check('explore', readFileSync(file, 'utf8'));
    }
  });
});

describe('layers duplicates', () => {
  it('prints lines of its schema', () => {
    const archive = join(scratch, 'copies.tar');
    const data = Buffer.from('copy');
    writeFileSync(archive, archiveOf([[{ path: 'a', data }], [{ path: Buffer.from([0x62, 0xff]), data }]]));
    const lines = layers(['duplicates', '--jsonl', archive]).stdout.split('\n').slice(0, -1);
    expect(lines.length).toBe(1);
    for (const line of lines) check('duplicates-item', line);
    check('duplicates', layers(['duplicates', '--json', archive]).stdout);
  });
});

const pairs: readonly (readonly [number, readonly string[]])[] = [
  [0, [join(examples, 'demo.tar'), join(examples, 'demo-oci.tar')]],
  [1, [join(examples, 'demo.tar'), join(scratch, 'odd.tar')]],
  [1, ['--patch', '--new-file', join(scratch, 'before.tar'), join(scratch, 'after.tar')]],
  [1, ['--mtime', '--hardlinks', join(scratch, 'odd-oci.tar'), join(examples, 'demo-oci.tar')]],
  [1, ['--layer-a', 'none', '--layer-b', '1', join(scratch, 'odd.tar')]],
  [1, ['--image', '#1', '--image-b', '#2', join(examples, 'two-images.tar')]],
  [1, ['--only', 'config,history', join(examples, 'demo.tar'), join(scratch, 'odd.tar')]],
  [0, ['--reproducible', join(scratch, 'odd.tar'), join(scratch, 'odd-oci.tar')]],
];

describe('layers diff', () => {
  it.each(pairs)('%i: prints a document and lines of its schemas for %j', (expected, args) => {
    const { status, stdout, stderr } = layers(['diff', '--json', ...args]);
    expect([status, stderr]).toEqual([expected, '']);
    check('diff', stdout);
    const lines = layers(['diff', '--jsonl', ...args])
      .stdout.split('\n')
      .slice(0, -1);
    expect(lines.length > 0).toBe(expected === 1);
    for (const line of lines) check('diff-item', line);
  });

  it('prints a line for each change of the document', () => {
    const args = [join(examples, 'demo.tar'), join(scratch, 'odd.tar')];
    const {
      files,
      layers: found,
      config,
      history,
      packages,
    } = JSON.parse(layers(['diff', '--json', ...args]).stdout);
    const lines = layers(['diff', '--jsonl', ...args])
      .stdout.split('\n')
      .slice(0, -1);
    const sections = lines.map((line) => JSON.parse(line).section);
    const count = (section: string) => sections.filter((found) => found === section).length;
    expect(['files', 'layers', 'config', 'history', 'packages'].map(count)).toEqual([
      files.length,
      found.onlyInA.length + found.onlyInB.length + found.sameTree.length,
      config.length,
      history.length,
      packages.changes.length,
    ]);
  });
});

const changes: readonly (readonly [string, readonly string[]])[] = [
  ['change', ['squash', join(examples, 'demo.tar'), '-o', 'OUT']],
  ['change', ['squash', join(scratch, 'odd.tar'), '--check', '-o', 'OUT']],
  ['change', ['squash', join(scratch, 'odd.tar'), '--dry-run', '-o', 'OUT']],
  ['change', ['squash', join(scratch, 'odd.tar'), '--dry-run', '-o', '-']],
  ['change', ['repack', '--compression', 'gzip', '--dry-run', join(examples, 'demo.tar'), '-o', 'oci:OUT']],
  ['change', ['repack', '--all', '--check', join(examples, 'two-images.tar'), '-o', 'oci:OUT']],
  ['change', ['repack', '--format', 'docker', join(examples, 'demo-oci.tar'), '-o', 'OUT']],
  ['change', ['repack', '--drop-waste', join(scratch, 'odd-oci.tar'), '-o', 'OUT']],
  ['change', ['rechunk', join(scratch, 'odd.tar'), '--check', '-o', 'OUT']],
  [
    'change',
    [
      'rechunk',
      '--dry-run',
      '--previous',
      join(examples, 'demo.tar'),
      join(examples, 'demo-oci.tar'),
      '-o',
      'OUT',
    ],
  ],
  ['change', ['append', '--add', `${scratch}/added:/etc/link`, join(scratch, 'odd.tar'), '-o', 'OUT']],
  ['change', ['append', '--delete', '/etc', '--dry-run', join(examples, 'demo.tar'), '-o', 'OUT']],
  ['change', ['config', '--label', 'a=\x1b', '--tag', 'x', join(scratch, 'odd.tar'), '-o', 'OUT']],
  ['export', ['export', join(scratch, 'odd.tar'), '-o', 'OUT']],
  ['export', ['export', join(examples, 'demo-oci.tar'), '-o', 'OUT']],
  ['extract', ['extract', join(examples, 'demo.tar'), 'OUT']],
  ['extract', ['extract', '--no-same-owner', join(scratch, 'odd.tar'), 'OUT']],
];

describe('commands that write', () => {
  it.each(changes)('print a document of the schema %s for %j', (name, args) => {
    const output = join(mkdtempSync(join(scratch, 'out-')), 'out\u202e');
    const words = args.map((word) => word.replace('OUT', output));
    const { status, stdout, stderr } = layers([...words, '--json', '-q']);
    expect(stderr).toBe('');
    const document = JSON.parse(stdout);
    check(name, stdout);
    expect(status).toBe(name === 'extract' && document.notDone.length > 0 ? 1 : 0);
    if (!args.includes('-')) expect(document.output.path).toBe(output);
    if (args.includes('--check')) expect(document.sameRootfs).toBe(true);
    if (name === 'change') {
      expect(document.dryRun).toBe(args.includes('--dry-run'));
      expect(schema(name)({ ...document, images: [] })).toBe(false);
      expect(schema(name)({ ...document, images: [{ ...document.images[0], more: 1 }] })).toBe(false);
    }
    expect(schema(name)({ ...document, output: { ...document.output, more: 1 } })).toBe(false);
    expect(schema(name)({ ...document, schemaVersion: 1 })).toBe(false);
  });

  it('print the findings of an addition', () => {
    const args = [
      'append',
      '--add',
      `${scratch}/tar.tar`,
      join(examples, 'demo.tar'),
      '-o',
      join(scratch, 'f.tar'),
    ];
    writeFileSync(join(scratch, 'tar.tar'), buildTar([{ path: '../climbs' }, { path: 'stays' }]));
    const { status, stdout } = layers([...args, '--json']);
    expect(status).toBe(0);
    check('change', stdout);
    expect(JSON.parse(stdout).findings).toMatchObject([
      { code: 'name-climbs-out', severity: 'warning', place: { layer: 5 } },
    ]);
  });
});

describe('commands of the store', () => {
  const env = { LAYERS_STORE: join(scratch, 'store') };
  const two = join(examples, 'two-images.tar');

  it('print documents of their schemas', () => {
    writeFileSync(join(scratch, 'renamed.tar'), oddArchive({ form: 'hybrid' }));
    writeFileSync(join(scratch, 'rootfs.tar'), buildTar([{ path: '../climbs' }, { path: 'stays' }]));
    const out = (name: string) => join(scratch, 'saved\u202e', name);
    mkdirSync(join(scratch, 'saved\u202e'));
    const steps: readonly (readonly [string, number, readonly string[]])[] = [
      ['images', 0, ['images']],
      ['load', 0, ['load', '-i', two]],
      ['load', 0, ['load', '-i', two]],
      ['load', 0, ['load', '-i', join(scratch, 'odd-oci.tar')]],
      ['load', 0, ['load', '-i', join(scratch, 'renamed.tar'), '--compress', 'gzip']],
      ['import', 0, ['import', join(scratch, 'rootfs.tar'), 'app', '-c', 'CMD ["sh"]', '-m', 'x']],
      ['images', 0, ['images', '--digests']],
      ['inspect', 0, ['inspect', 'app']],
      ['tag', 0, ['tag', 'app', 'me/app:2']],
      ['save', 0, ['save', 'app', 'bramble-web', '-o', out('a.tar')]],
      ['save', 0, ['save', 'app', '-o', out('b.tar.gz')]],
      ['save', 0, ['save', 'me/app', '-o', `oci:${out('c')}`]],
      ['store-path', 0, ['store', 'path']],
      ['cache-info', 0, ['cache', 'info']],
      ['cache-prune', 0, ['cache', 'prune', '--dry-run']],
      ['fleet-scan', 0, ['fleet', 'scan', two, 'store:', '--fleet', join(scratch, 'fleet'), '--jobs', '1']],
      ['fleet-rows', 0, ['fleet', 'sql', 'FROM tags', '--fleet', join(scratch, 'fleet')]],
      ['fleet-rows', 0, ['fleet', 'schema']],
      ['fleet-merge', 0, ['fleet', 'merge', join(scratch, 'fleet'), '--fleet', join(scratch, 'merged')]],
      ['store-check', 0, ['store', 'check']],
      ['rmi', 2, ['rmi', 'app', 'absent', 'me/app:2', 'bramble-web:2.0']],
      ['prune', 0, ['prune', '--dry-run']],
      ['prune', 0, ['prune', '--grace', '0']],
    ];
    for (const [name, expected, args] of steps) {
      const { status, stdout } = layers([...args, '--json', '-q'], { env });
      expect([args, status]).toEqual([args, expected]);
      check(name, stdout);
      const document = JSON.parse(stdout);
      expect(schema(name)({ ...document, more: 1 })).toBe(false);
      expect(schema(name)({ ...document, schemaVersion: 1 })).toBe(false);
    }
    const { stdout } = layers(['images', '--jsonl'], { env });
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) check('images-item', line);
  });

  it('print a document of the schema also for a damaged store', () => {
    const blobs = join(scratch, 'store/blobs/sha256');
    writeFileSync(join(blobs, 'f'.repeat(64)), 'of nobody');
    for (const name of readdirSync(blobs)) writeFileSync(join(blobs, name), 'damaged');
    const { status, stdout } = layers(['store', 'check', '--json'], { env });
    expect(status).toBe(1);
    check('store-check', stdout);
    expect(JSON.parse(stdout).findings.length).toBeGreaterThan(0);
    const images = layers(['images', '--json'], { env });
    expect(images.status).toBe(0);
    check('images', images.stdout);
    const pruned = layers(['prune', '--json', '--grace', '0'], { env });
    expect(pruned.status).toBe(1);
    check('prune', pruned.stdout);
  });
});

describe('the schemas', () => {
  it('reject unknown properties', () => {
    const document = JSON.parse(layers(['inspect', '--json', join(examples, 'demo.tar')]).stdout);
    expect(schema('inspect')({ ...document, more: 1 })).toBe(false);
    expect(schema('inspect')({ ...document, schemaVersion: 1 })).toBe(false);
    expect(schema('inspect')({ ...document, totals: { ...document.totals, files: -1 } })).toBe(false);
    const args = ['diff', join(examples, 'demo.tar'), join(scratch, 'odd.tar')];
    const diff = JSON.parse(layers([...args, '--json']).stdout);
    expect(schema('diff')(diff)).toBe(true);
    for (const list of ['files', 'config', 'history']) {
      expect(schema('diff')({ ...diff, [list]: [{ ...diff[list][0], more: 1 }] })).toBe(false);
    }
    const [line = ''] = layers([...args, '--jsonl']).stdout.split('\n');
    expect(schema('diff-item')({ ...JSON.parse(line), more: 1 })).toBe(false);
    expect(schema('diff-item')({ ...JSON.parse(line), section: 'config' })).toBe(false);
  });

  it('describe every property', () => {
    for (const name of readdirSync(folder)) {
      const bare: string[] = [];
      collectBare(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name, bare);
      expect(bare).toEqual([]);
    }
  });

  it('match every real archive', { timeout: 300_000 }, (context) => {
    if (imagesFolder === undefined) return context.skip(NO_REAL_ARCHIVES);
    for (const name of readdirSync(imagesFolder).filter((file) => /\.tar(\.gz)?$/.test(file))) {
      const archive = join(imagesFolder, name);
      for (const [document, args] of REAL) {
        const { status, stdout } = layers([...args, '--json', '--image', '#1', archive]);
        if (stdout === '') expect([2, 3]).toContain(status);
        else check(document, stdout);
      }
    }
  });

  it('match the differences between pairs of real archives', { timeout: 300_000 }, (context) => {
    if (imagesFolder === undefined) return context.skip(NO_REAL_ARCHIVES);
    const names = readdirSync(imagesFolder).filter((file) => /\.tar(\.gz)?$/.test(file));
    for (const [i, name] of names.entries()) {
      const [a, b] = [join(imagesFolder, name), join(imagesFolder, names[i + 1] ?? '')];
      const args = ['diff', '-q', '--json', '--patch', '--image', '#1', '--image-b', '#1', a, b];
      const { status, stdout } = layers(args);
      if (stdout === '') expect([2, 3]).toContain(status);
      else check('diff', stdout);
    }
  });
});

/** Returns the properties without a description, neither here nor in the referenced schema. */
function collectBare(node: unknown, place: string, bare: string[]): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties' && typeof value === 'object' && value !== null) {
      for (const [name, property] of Object.entries<object>(value)) {
        if (!('description' in property || '$ref' in property || 'oneOf' in property))
          bare.push(`${place}/${name}`);
      }
    }
    collectBare(value, `${place}/${key}`, bare);
  }
}
