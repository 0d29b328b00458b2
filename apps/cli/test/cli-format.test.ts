import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../src/program/program.ts';
import { FormatRequest } from '../src/template/format-request.ts';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const demoOci = join(examples, 'demo-oci.tar');
const lines = (...args: readonly string[]): string[] => layers(args).stdout.trimEnd().split('\n');
const items = (...args: readonly string[]): Record<string, unknown>[] =>
  lines(...args).map((line) => JSON.parse(line));

describe('--format of a list', () => {
  it('prints one JSON object for each row', () => {
    const rows = items('ls', '-R', '-f', 'json', demo);
    expect(rows.length).toBe(lines('ls', '-R', '--jsonl', demo).length);
    expect(rows[0]).toMatchObject({ Path: '/bin', Type: 'directory', Mode: 'drwxr-xr-x', Layer: 0 });
    const [first = {}] = rows;
    expect(Object.keys(first)).toEqual(Object.keys(first).toSorted());
  });

  it('prints tables with aligned columns, as wide as they are', () => {
    const [header = '', ...rows] = lines('ls', '-R', '-f', 'table {{.Path}}\\t{{.Size}}', demo);
    const column = header.indexOf('SIZE');
    expect(header).toMatch(/^PATH +SIZE$/);
    for (const row of rows) expect(row.slice(column)).toMatch(/^[\d.]+k?B$/);
    expect(layers(['waste', '-f', 'table', demo]).stdout).toBe(layers(['waste', demo]).stdout);
  });

  it('follows --bytes and --no-trunc', () => {
    const id = `{{.ID}} {{.Size}}`;
    expect(lines('list', '-f', id, demo)[0]).toMatch(/^[0-9a-f]{12} [\d.]+kB$/);
    expect(lines('list', '-f', id, '--bytes', '--no-trunc', demo)[0]).toMatch(/^sha256:[0-9a-f]{64} \d+$/);
  });

  it('names the archive where several are listed', () => {
    expect(lines('list', '-f', '{{.Archive}}', demo, demoOci)).toEqual([demo, demoOci]);
  });

  it('reports findings on standard error, and keeps the status', () => {
    const damaged = join(mkdtempSync(join(scratch.folder, 'cut-')), 'not-an-image.tar');
    writeFileSync(damaged, new Uint8Array(1024));
    expect(layers(['ls', '-f', '{{.Path}}', damaged])).toMatchObject({ status: 3, stdout: '' });
    expect(layers(['find', '-f', '{{.Path}}', demo, 'nothing-has-this-name'])).toMatchObject({
      status: 1,
      stdout: '',
    });
  });
});

describe('--format of a document', () => {
  const document = (...args: readonly string[]) => JSON.parse(layers([...args, '--json']).stdout);

  it.each([
    [['verify', demo], '{{.verified}} {{len .checks}} {{(index .checks 0).kind}}'],
    [['diff', '--layer-a', '1', demo], '{{.identical}} {{.totals.removed}} {{len .files}}'],
    [['manifest', demoOci], '{{.digest}} {{.manifest.schemaVersion}} {{.sizeBytes}}'],
    [['digest', demoOci], '{{.digest}}'],
    [['check', '--max-layers', '3', demo], '{{.verdict}}'],
    [['dockerfile', demo], '{{.image.id}} {{index .image.tags 0}}'],
    [['store', 'path'], '{{.path}}'],
    [['cache', 'info'], '{{.files}} {{.limitBytes}}'],
    [['store', 'check'], '{{.isClean}} {{.images}}'],
  ])('%j prints values of --json', (words, template) => {
    const value = (path: string, of: unknown): unknown =>
      path.split('.').reduce((at, name) => Object(at)[name], of);
    const all = document(...words);
    const expected = template
      .replaceAll(/\{\{len \.(\w+)\}\}/g, (_, name: string) => String(Object(value(name, all)).length))
      .replaceAll(/\{\{\(index \.(\w+) 0\)\.(\w+)\}\}/g, (_, name: string, part: string) =>
        String(value(`${name}.0.${part}`, all)),
      )
      .replaceAll(/\{\{index \.([\w.]+) 0\}\}/g, (_, name: string) => String(value(`${name}.0`, all)))
      .replaceAll(/\{\{\.([\w.]+)\}\}/g, (_, name: string) => String(value(name, all)));
    expect(layers([...words, '-f', template]).stdout).toBe(`${expected}\n`);
  });

  it('accepts a first capital letter, as docker writes names', () => {
    expect(lines('digest', '-f', '{{.Digest}}', demoOci)).toEqual(lines('digest', demoOci));
  });

  it('prints the document in one line with json', () => {
    const [line = '', ...more] = lines('verify', '-f', 'json', demo);
    expect([JSON.parse(line), more]).toEqual([document('verify', demo), []]);
  });

  it('keeps the status of the command', () => {
    expect(layers(['diff', '-f', '{{.identical}}', '--layer-a', '1', demo])).toMatchObject({
      status: 1,
      stdout: 'false\n',
    });
    expect(layers(['diff', '-f', '{{.identical}}', demo, demoOci])).toMatchObject({
      status: 0,
      stdout: 'true\n',
    });
  });
});

describe('--format', () => {
  it.each([
    [
      ['ls', '-f', 'yaml', demo],
      "--format yaml is invalid: it must be json or a template such as '{{json .}}'",
    ],
    [
      ['packages', '-f', 'yaml', demo],
      '--format yaml is invalid: it must be cyclonedx-json, spdx-json, json or',
    ],
    [
      ['diff', '-f', 'podman', demo, demo],
      '--format podman is invalid: it must be docker, json or a template',
    ],
    [['verify', '-f', 'table {{.verified}}', demo], 'needs rows: layers verify prints one document'],
    [['ls', '-f', '{{.Path', 'no.tar'], 'unclosed action'],
    [['ls', '-f', '{{.Pth}}', demo], "can't evaluate field Pth in type layers.ls"],
    [['verify', '-f', '{{.foo}}', demo], "can't evaluate field foo in type layers.verify"],
    [['ls', '-f', 'json', '--json', demo], 'cannot be used with'],
    [['diff', '-f', 'docker', '--mtime', demo, demo], '--format docker excludes --mtime'],
    [['packages', '-f', 'spdx-json', '--top', '1', demo], '--format spdx-json excludes --top'],
  ])('%j is explained', (args, message) => {
    const { status, stdout, stderr } = layers(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/\nhint: .+\n$/);
  });

  it('lists the fields that there are', () => {
    expect(layers(['ls', '-f', '{{.Pth}}', demo]).stderr).toContain(
      'hint: the fields are Path, Type, Size, ',
    );
    expect(layers(['verify', '-f', '{{.foo}}', demo]).stderr).toMatch(/hint: the fields are .*verified/);
  });

  it('is an option of every command that shows something', () => {
    // These change something, or have --format for the form of what they write.
    const changing = [
      ...[
        'squash',
        'repack',
        'rechunk',
        'append',
        'config',
        'pull',
        'push',
        'copy',
        'load',
        'save',
        'import',
        'export',
      ],
      ...['extract', 'tag', 'rmi', 'prune', 'login', 'logout', 'rm'],
    ];
    const without = GROUPS.flatMap(({ commands }) => commands)
      .filter(({ global }) => global?.json !== false)
      .filter(({ options }) => {
        const format = options.find(({ flags }) => /--format <(?:TEMPLATE|FORM)>/.test(flags));
        return !(format?.parse?.('{{json .}}') instanceof FormatRequest);
      });
    expect(without.map(({ name }) => name).toSorted()).toEqual(changing.toSorted());
  });
});
