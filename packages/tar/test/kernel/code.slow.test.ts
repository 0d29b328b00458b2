import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('the code of the kernel is what its source compiles to', () => {
  const script = fileURLToPath(new URL('../../../../scripts/build-kernel.mjs', import.meta.url));
  expect(spawnSync(process.execPath, [script, '--check'])).toMatchObject({ status: 0 });
});
