import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { patchOf } from './diff-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-diff-patch-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that a patch must quote, or that look like lines of a patch. */
const odd = [
  'a b',
  'tab\there',
  'line\nbreak',
  'quo"te',
  "it's",
  'back\\slash',
  '\u00e9t\u00e9',
  '-n',
  ' a',
  'a ',
];
const names = [...odd, 'a', 'b', 'dev/null', 'd/e', 'd/f g/h', '\u001b[31m', 'x'.repeat(120), 'a\r'];

/** Lines that look like headers of a patch. */
const lines = [
  'one',
  'two',
  'three',
  '',
  ' ',
  '\ttab',
  '--- a/x',
  '+++ b/x',
  '@@ -1 +1 @@',
  '-',
  '+',
  '\\ No newline at end of file',
  'diff --git a/x b/x',
  '\u00e9\u6f22',
  'cr\r',
  'Only in a: x',
];

const text = fc
  .tuple(fc.array(fc.constantFrom(...lines), { maxLength: 40 }), fc.constantFrom('\n', '\n', ''))
  .map(([list, last]) => (list.length === 0 ? '' : list.join('\n') + last));

/** A text, and a second version with removed and added lines. */
const edited = fc
  .tuple(text, fc.array(fc.tuple(fc.nat(45), fc.constantFrom(...lines, null)), { maxLength: 4 }))
  .map(([before, edits]) => {
    const list = before.split('\n');
    for (const [at, line] of edits) {
      if (line === null) list.splice(at, 1);
      else list.splice(at, 0, line);
    }
    return { before, after: list.join('\n') };
  });

type Files = Map<string, string>;

const pair = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom(...names), edited, fc.constantFrom('both', 'both', 'both', 'a', 'b')),
    {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((files) => ({
    a: new Map(files.filter(([, , side]) => side !== 'b').map(([name, { before }]) => [name, before])),
    b: new Map(files.filter(([, , side]) => side !== 'a').map(([name, { after }]) => [name, after])),
  }));

function archive(files: Files, name: string): string {
  const file = join(folder, name);
  const entries = [...files].map(([path, content]): EntrySpec => ({ path, data: Buffer.from(content) }));
  writeFileSync(
    file,
    buildDockerArchive({ images: [{ tags: [], layers: [buildTar(entries)] }] }, { form: 'oci' }),
  );
  return file;
}

function written(files: Files): string {
  const place = mkdtempSync(join(folder, 'files-'));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), content);
  }
  return place;
}

function filesIn(place: string): Files {
  const paths = readdirSync(place, { recursive: true, withFileTypes: true });
  return new Map(
    paths
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(place.length + 1), readFileSync(path, 'utf8')]),
  );
}

const sorted = (files: Files): [string, string][] => [...files].sort(([x], [y]) => (x < y ? -1 : 1));

describe.skipIf(inject('missing').length > 0)('patches', () => {
  const runs = process.env['LAYERS_LONG'] === '1' ? 200 : 12;
  const seed = Number(process.env['LAYERS_SEED'] ?? 1);

  it.each([
    ['GNU patch', 'patch', ['-p1', '--batch', '--silent', '--no-backup-if-mismatch']],
    ['git apply', 'git', ['apply', '--unsafe-paths', '--whitespace=nowarn', '-']],
  ])('make of one tree the other with %s', async (_, program, args) => {
    await fc.assert(
      fc.asyncProperty(pair, async ({ a, b }) => {
        const patch = await patchOf({ path: archive(a, 'a.tar') }, { path: archive(b, 'b.tar') }, [
          '--new-file',
        ]);
        const place = written(a);
        if (patch.length > 0) execFileSync(program, args, { cwd: place, input: patch });
        expect(sorted(filesIn(place))).toEqual(sorted(b));
        rmSync(place, { recursive: true });
      }),
      { numRuns: runs, seed },
    );
  });
});
