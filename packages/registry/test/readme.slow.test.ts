import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openImage } from '@layers/core';
import { repackImage } from '@layers/rewrite';
import { startTestRegistry } from '@layers/testing/registry';
import { expect, test } from 'vitest';
import { pushImages } from '../src/copy/push-images.ts';
import { TestClient } from './test-client.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// The example has no type annotations, so that Node runs it as it is.
test('the example of the README describes, reads and copies an image', async () => {
  const registry = await startTestRegistry();
  const client = new TestClient({ domain: registry.domain });
  try {
    const image = await repackImage(await openImage(path('../../../examples/demo.tar')));
    const { digest } = await pushImages(client.repository('app'), '1', [image]);
    const [, code = ''] = /```ts\n(.*?)```/s.exec(readFileSync(path('../README.md'), 'utf8')) ?? [];
    const args = ['--input-type=module', '--eval', code, 'example', `${registry.domain}/app:1`];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: path('..') });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^id sha256:[0-9a-f]{64} layers 5$/);
    expect(lines.at(-2)).toBe(`copied ${digest} mounted 6`);
    expect(lines.at(-1)).toBe('tag latest');
    expect(registry.storage.repository('copy/app').tags.get('latest')).toBe(digest);
  } finally {
    client.close();
    await registry.stop();
  }
});
