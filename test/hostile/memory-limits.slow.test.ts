import { spawn } from 'node:child_process';
import { createReadStream, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { BOMBS, type Outcome } from './support/bombs.ts';

const scratch = useScratch();
const reader = fileURLToPath(new URL('support/read-archive.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../packages/core/dist/index.js', import.meta.url));

/** The limit of peak memory for every input, in MB. */
const MEGABYTES = 512;
/** Detects a hang. The slowest input takes a tenth of it. */
const PATIENCE_MS = 120_000;

/** Reads an archive in a new process, to measure its memory. */
function read(path: string, way: 'file' | 'pipe', what = 'inspect'): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [reader, path, way, what], { timeout: PATIENCE_MS });
    let out = '';
    let trouble = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      trouble += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(out));
      else reject(new Error(`the reader ended with ${code ?? signal}: ${trouble.slice(0, 2000)}`));
    });
    child.stdin.on('error', () => undefined);
    if (way === 'pipe') createReadStream(path).pipe(child.stdin);
    else child.stdin.end();
  });
}

describe.skipIf(!existsSync(built))('no input needs more than 512 MB or hangs', () => {
  test.each(Object.entries(BOMBS))(
    '%s',
    async (name, { make, ends, what }) => {
      const path = join(scratch.folder, 'bomb');
      writeFileSync(path, make());
      const expected = typeof ends === 'string' ? { error: ends } : ends;
      const outcomes = await Promise.all([read(path, 'file', what), read(path, 'pipe', what)]);
      if (process.env['LAYERS_LONG'] === '1') console.log(name, outcomes);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject(expected);
        expect(outcome.megabytes).toBeLessThan(MEGABYTES);
      }
    },
    3 * PATIENCE_MS,
  );
});
