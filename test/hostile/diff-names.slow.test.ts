import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const command = fileURLToPath(new URL('../../apps/cli/bin/layers.js', import.meta.url));
const built = fileURLToPath(new URL('../../apps/cli/dist', import.meta.url));

/** Clears the screen, sets the title, reverses text, ends a line, begins a patch, and contains quotes. */
const EVIL = '\u001b[2J\u001b]0;x\u0007\u202ea\r\n--- a/etc/passwd\n\u009b31m\u0085\u2028"\\\t';
const UNSAFE = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ufffd]/u;

/** One character for each byte: the form of the names of attributes. */
const ATTRIBUTE = Buffer.from(`user.${EVIL.replaceAll('\n', '')}`).toString('latin1');

function entries(side: string): EntrySpec[] {
  const data = Buffer.from(`${side}\n${EVIL}\n`);
  return [
    { path: `${EVIL}f`, data },
    { path: Buffer.concat([Buffer.from(EVIL), Buffer.from([0xff])]), data },
    { type: 'symlink', path: `${EVIL}l`, linkpath: EVIL + side },
    { type: 'directory', path: `dir${EVIL}`, mode: side === 'a' ? 0o700 : 0o755 },
    { path: 'x', data, xattrs: new Map([[ATTRIBUTE, Buffer.from(side)]]) },
    { path: `only${side}${EVIL}`, data: Buffer.from(side) },
    { path: `moved${side}${EVIL}`, data: Buffer.from('moved') },
    {
      path: 'lib/apk/db/installed',
      data: Buffer.from(`P:p\u001b[2J${side}\nV:1\u202e\u0085\nA:x\u0007\n\n`),
    },
  ];
}

function archiveOf(side: string): string {
  const config = {
    author: EVIL + side,
    config: { Env: [`${EVIL}=${side}`], Labels: { [EVIL]: EVIL + side }, Cmd: [EVIL, side] },
    history: [{ created_by: EVIL + side, comment: EVIL + side, author: EVIL + side, created: EVIL + side }],
  };
  const image = { tags: ['app:1'], layers: [buildTar(entries(side))], config };
  return scratch.file(buildDockerArchive({ images: [image] }, { form: 'oci' }), side);
}

function diff(...options: string[]): string {
  const args = [command, 'diff', ...options, archiveOf('a'), archiveOf('b')];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toBe('');
  return stdout;
}

describe.skipIf(!existsSync(built))('no text of an image controls the output', () => {
  test.each<[string, string[]]>([
    ['the text', []],
    ['the text without truncation', ['--no-trunc', '--mtime', '--hardlinks']],
  ])('%s holds no control characters', (_, options) => {
    expect(diff(...options)).not.toMatch(UNSAFE);
  });

  test('text with colours contains only escapes of colours', () => {
    for (const options of [[], ['--patch', '-N'], ['--format', 'docker']]) {
      const text = diff('--color=always', ...options).replace(/\u001b\[\d+m/g, '');
      expect(text.replaceAll('\t', '')).not.toMatch(UNSAFE);
    }
  });

  test('JSON contains no unescaped control characters', () => {
    const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]/u;
    expect(diff('--json')).not.toMatch(raw);
    expect(diff('--jsonl')).not.toMatch(raw);
  });

  test('no line of a patch names another file', () => {
    const lines = diff('--patch', '-N').split('\n');
    const heads = lines.filter((line) => /^(?:---|\+\+\+) /.test(line));
    const hunks = lines.filter((line) => line.startsWith('@@ '));
    expect(hunks.length).toBeGreaterThan(4);
    expect(heads.length).toBe(2 * hunks.length);
    for (const head of heads) expect(head).toMatch(/^(?:---|\+\+\+) (?:\/dev\/null|"?[ab]\/)/);
    for (const line of lines) {
      expect(line).toMatch(
        /^(?:[-+ @\\]|diff --git |index |(?:new|deleted) file mode |old mode |new mode |similarity index |rename (?:from|to) |Only in |Attributes of |Binary files |Files |Moved: |$)/,
      );
    }
  });
});
