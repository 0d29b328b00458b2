import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, shell } from '@layers/testing/command';
import { createTestStore } from '@layers/testing/test-store';
import { afterAll, expect, it } from 'vitest';

const readme = readFileSync(join(examples, '../README.md'), 'utf8');
const store = createTestStore();
afterAll(() => store.remove());

/** Times are told from now on, and a compressor may be of another version. */
const lasting = (text: string): string =>
  text
    .replaceAll(/(?:About an? |Less than a |\d+ )\w+ ago/g, 'AGO')
    .replaceAll(/gzip {2}[\d.]+ kB/g, 'gzip  SIZE');

it('prints what the README shows of images without Docker', () => {
  const [, block = ''] = /## Images without Docker\n\n```\n(.*?)```/s.exec(readme) ?? [];
  const steps = block.split(/^\$ /m).slice(1);
  expect(steps.length).toBeGreaterThan(4);
  for (const step of steps) {
    const [line = '', ...expected] = step.split('\n');
    const command = line.replace('examples/', `${examples}/`);
    const { stdout } = shell(`cd ${store.folder} && ${command}`, { LAYERS_STORE: store.path });
    const columns = (text: string): string => lasting(text).replaceAll(/ {2,}/g, '  ');
    expect([line, columns(stdout)]).toEqual([line, columns(expected.join('\n'))]);
  }
});
