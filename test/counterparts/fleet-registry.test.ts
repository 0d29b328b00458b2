import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DockerRegistry, startDockerRegistry } from '@layers/testing/docker-registry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'layers-fleet-registry-'));
const layers = async (...args: readonly string[]): Promise<string> =>
  (await run(process.execPath, [command, ...args])).toString();

let registry: DockerRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('the images of docker-registry make the fleet that their archives make', async () => {
  const pushed = { 'bramble:1.4': 'demo.tar', 'bramble-web:2.0': 'two-images.tar' };
  for (const [image, archive] of Object.entries(pushed))
    await run('skopeo', [
      'copy',
      '--dest-tls-verify=false',
      `docker-archive:${example(archive)}:${image}`,
      `docker://${registry.domain}/team/${image}`,
    ]);
  const rowsOf = async (name: string) => {
    const sql = `SELECT split_part(tag, '/', -1) AS name, content_bytes, rootfs_bytes, files, i.layers, config_digest
                 FROM tags JOIN images AS i USING (image) WHERE tag NOT LIKE '%worker%' ORDER BY name`;
    return JSON.parse(await layers('fleet', 'sql', sql, '--json', '--fleet', join(folder, name))).rows;
  };
  await layers('fleet', 'scan', ...Object.values(pushed).map(example), '--fleet', join(folder, 'archives'));
  await layers('fleet', 'scan', `docker://${registry.domain}/team/*`, '--fleet', join(folder, 'registry'));
  expect(await rowsOf('registry')).toEqual(await rowsOf('archives'));
  expect(await rowsOf('registry')).toHaveLength(2);
});
