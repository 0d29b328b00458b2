import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { FLEET_SECRET, fleetArchive, HOSTILE_TAGS } from '@layers/testing/fleet-archive';
import { fleetFactsIn } from '@layers/testing/report-data';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const run = (...args: readonly string[]) => layers(args, { cwd: scratch.folder });
const rowsOf = (...args: readonly string[]) =>
  JSON.parse(run('fleet', ...args, '--json', '--top', '0').stdout).rows;
const report = (...args: readonly string[]) => run('report', '--fleet', 'fleet', ...args);
let page = '';

beforeAll(() => {
  writeFileSync(join(scratch.folder, 'images.tar'), fleetArchive());
  writeFileSync(join(scratch.folder, 'broken.tar'), 'not an image');
  expect(run('fleet', 'scan', 'images.tar', 'broken.tar').status).toBe(1);
  page = report().stdout;
});

describe('layers report --fleet', () => {
  it('has the figures of the questions of layers fleet', () => {
    const facts = fleetFactsIn(page);
    const [images, stored, files] = rowsOf('summary');
    expect(facts.totals).toEqual({
      images: images.number,
      wholeBytes: images.stored_bytes,
      layers: stored.number,
      storedBytes: stored.stored_bytes,
      contentBytes: stored.content_bytes,
      files: files.number,
      fileBytes: files.content_bytes,
    });
    const named = <Row extends { readonly name: string }>(rows: readonly Row[]) =>
      rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const top = rowsOf('top');
    expect(top).toHaveLength(7);
    expect(
      facts.images.map((image) => [
        image.name,
        image.storedBytes,
        image.rootfsBytes,
        image.wastedBytes,
        image.exclusiveBytes,
        image.layers,
        image.files,
      ]),
    ).toEqual(top.map(Object.values));
    expect(named(facts.images).map((image) => [image.exclusiveBytes, image.exclusiveLayers])).toEqual(
      named<{ name: string; freed_bytes: number; layers: number }>(rowsOf('exclusive')).map((row) => [
        row.freed_bytes,
        row.layers,
      ]),
    );
    expect(named(facts.images).map(({ exclusiveFileBytes }) => exclusiveFileBytes)).toEqual(
      named<{ name: string; exclusive_file_bytes: number }>(rowsOf('shared')).map(
        (row) => row.exclusive_file_bytes,
      ),
    );
    expect(facts.duplicates.map(Object.values)).toEqual(rowsOf('duplicates').map(Object.values));
    expect(
      facts.bases.map(({ name, layers: count, images: on, daysBehind }) => [name, count, on, daysBehind]),
    ).toEqual(
      rowsOf('bases').map((row: Readonly<Record<string, unknown>>) => [
        row['base'],
        row['layers'],
        row['images'],
        row['days_behind'],
      ]),
    );
    expect(facts.stale.map(({ name, daysBehind }) => [name, daysBehind])).toEqual(
      rowsOf('stale').map((row: Readonly<Record<string, unknown>>) => [row['name'], row['days_behind']]),
    );
    expect(facts.stale).toHaveLength(3);
    expect(facts.changes.map(({ change, savedBytes }) => [change, savedBytes])).toEqual(
      rowsOf('whatif').map((row: Readonly<Record<string, unknown>>) => [row['change'], row['saved_bytes']]),
    );
    expect(facts.repositories.map(({ name, totalBytes }) => [name, totalBytes])).toEqual(
      rowsOf('timeline').map((row: Readonly<Record<string, unknown>>) => [
        row['repository'],
        row['total_bytes'],
      ]),
    );
    expect(facts.problems).toMatchObject([{ source: 'broken.tar', code: 'ERR_LAYERS_NOT_AN_IMAGE' }]);
    expect(facts.images.map(({ name }) => name)).toContain(HOSTILE_TAGS[0]);
  });

  it('is a page with a strict policy, of at most 75 kB besides the data, the same for the same fleet', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const hashOf = (tag: string): string => {
      const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)?.[1] ?? '';
      return `sha256-${createHash('sha256').update(text).digest('base64')}`;
    };
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src '${hashOf('script')}'`,
      `style-src '${hashOf('style')}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page).not.toMatch(/\b(?:src|href)="(?!data:)|@import|url\(/);
    expect(page.replace(/(?<=id="data">)[^<]*/, '').length).toBeLessThanOrEqual(75_000);
    const file = join(scratch.folder, 'same.html');
    expect(report('-o', file).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it('masks values of build arguments, unless they are wanted', () => {
    expect(fleetFactsIn(page).instructions.join('\n')).toContain('TOKEN=****');
    expect(JSON.stringify(fleetFactsIn(page))).not.toContain(FLEET_SECRET);
    expect(JSON.stringify(fleetFactsIn(report('--show-values').stdout))).toContain(FLEET_SECRET);
  });

  it('writes Markdown, in which names are text', () => {
    const { status, stdout } = report('--format', 'markdown');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^### Fleet <code>fleet<\/code>\n\n\| Figure \| Value \|\n/);
    expect(stdout).toContain('\n**What would free most**\n\n- Of all images, deleting team/web');
    expect(stdout).toContain('\n**What is shared**\n\n- ');
    for (const title of [
      'Images',
      'Repositories',
      'Layers',
      'Pairs',
      'Duplicates',
      'Bases',
      'Stale',
      'What if',
    ])
      expect(stdout).toContain(`<summary>${title}</summary>`);
    expect(stdout).not.toMatch(/<img|<\/script|\u202e/);
  });

  it('explains wrong usage, and what is not a fleet', () => {
    const errorOf = (...args: readonly string[]) => {
      const { status, stderr } = run('report', ...args);
      return [status, /\[(ERR_\w+)\]/.exec(stderr)?.[1]];
    };
    expect(errorOf()).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf('images.tar', '--fleet', 'fleet')).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf('--fleet', 'fleet', '--base', 'images.tar')).toEqual([2, 'ERR_LAYERS_USAGE']);
    expect(errorOf('--fleet', 'fleet', '-o', 'broken.tar')).toEqual([2, 'ERR_LAYERS_OUTPUT_EXISTS']);
    expect(errorOf('--fleet', 'absent')).toEqual([3, 'ERR_LAYERS_READ']);
    expect(run('report', '--fleet', 'absent').stderr).toContain(
      'hint: layers fleet scan IMAGES makes a fleet',
    );
  });

  it('says how to install the package where it is not', () => {
    const cli = join(examples, '../apps/cli');
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(cli, name), join(scratch.folder, 'alone', name), { recursive: true });
    const script = join(scratch.folder, 'alone/bin/layers.js');
    const { status, stderr } = spawnSync(process.execPath, [script, 'report', '--fleet', 'fleet'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/^hint: npm install --global layers-cli@\S+ @layers\/fleet@\S+$/m),
    ]);
    expect(stderr).toContain('layers report --fleet needs');
  });
});
