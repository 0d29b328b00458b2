import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { examples, spawnLayers } from '@layers/testing/command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-check-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const damaging = join(scratch, 'damaging.mjs');
const env = { NODE_OPTIONS: `--import=${pathToFileURL(damaging)}` };

// Changes a byte of the output when it gets its name, before it is read back.
beforeAll(() =>
  writeFileSync(
    damaging,
    `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const link = fs.linkSync;
fs.linkSync = (from, to) => {
  link(from, to);
  const bytes = fs.readFileSync(to);
  bytes[bytes.indexOf('listen = ') + 3] ^= 1;
  fs.writeFileSync(to, bytes);
};
syncBuiltinESMExports();
`,
  ),
);

describe('--check', () => {
  it('fails if the written archive has a different tree', () => {
    const output = join(scratch, 'squashed.tar');
    const checked = ['squash', demo, '--check', '-o', output];
    expect(spawnLayers(checked)).toMatchObject({ status: 0, stdout: expect.stringContaining('checked') });
    rmSync(output);

    const text = spawnLayers(checked, { env });
    expect(text).toMatchObject({ status: 1, stderr: '' });
    expect(text.stdout).toContain('check failed: the root file system is different');
    rmSync(output);

    const json = spawnLayers([...checked, '--json'], { env });
    expect([json.status, JSON.parse(json.stdout).sameRootfs]).toEqual([1, false]);
    rmSync(output);

    expect(spawnLayers(['squash', demo, '-o', output], { env }).status).toBe(0);
    rmSync(output);
  });

  it('verifies the digest of a layer that is unchanged', () => {
    const output = join(scratch, 'repacked.tar');
    const checked = ['repack', demo, '--check', '-o', output];
    expect(spawnLayers(checked).status).toBe(0);
    rmSync(output);
    const text = spawnLayers(checked, { env });
    expect(text.status).toBe(1);
    expect(text.stdout).toContain('check failed: the root file system is different');
  });
});
