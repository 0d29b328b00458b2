import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { explore, walk } from '@layers/testing/explorer-program';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it, onTestFinished } from 'vitest';

const scratch = useScratch();
const noEngine = `unix://${join(scratch.folder, 'absent.sock')}`;

/** Returns the environment of a store with images. */
function storeOf(...archives: readonly string[]): Record<string, string> {
  const env = { LAYERS_STORE: mkdtempSync(join(scratch.folder, 'store-')), DOCKER_HOST: noEngine };
  for (const archive of archives)
    expect(layers(['load', '-i', join(examples, archive)], { env }).status).toBe(0);
  return env;
}

/** Starts an engine that lists one image, or never answers; returns its address. */
async function engine(answers: boolean): Promise<string> {
  const socket = join(mkdtempSync(join(scratch.folder, 'engine-')), 'docker.sock');
  const images = [{ Id: `sha256:${'ab'.repeat(32)}`, RepoTags: ['nginx:1.29'], Created: 1e9, Size: 5e6 }];
  const server = createServer((_, response) => {
    if (answers) response.end(JSON.stringify(images));
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${socket}`;
}

describe('layers explore without an image', () => {
  it('lists the images of the store, searches as one types, and explores the chosen one', async () => {
    const env = storeOf('demo.tar', 'two-images.tar');
    const program = await explore([], { env }, 'to explore');
    await walk(program, [
      ['/WORK', '/WORK_  1 found'],
      ['\x7f\x7f\x7f\x7f', 'found'],
      ['worker', '> store'],
      ['\r', '[Layers]'],
    ]);
    expect(program.screen()[0]).toContain('bramble-worker:2.0');
    program.type('q');
    expect(await program.ended).toBe(0);
  });

  it('lists those of a Docker Engine too', async () => {
    const env = { ...storeOf('demo.tar'), DOCKER_HOST: await engine(true) };
    const program = await explore([], { env }, '2 images to explore');
    const rows = program.screen().filter((line) => /^[> ] (?:store|docker)/.test(line));
    expect(rows).toEqual([
      expect.stringMatching(/^> store +bramble:1\.4 +3ed9bdcf5d92/),
      expect.stringMatching(/^ {2}docker +nginx:1\.29 +abababababab .* 5 MB$/),
    ]);
    program.type('\x03');
    expect(await program.ended).toBe(130);
  });

  it('does not wait long for an engine that is silent', async () => {
    const env = { ...storeOf('demo.tar'), DOCKER_HOST: await engine(false) };
    const program = await explore([], { env }, '1 image to explore');
    program.type('q');
    expect(await program.ended).toBe(0);
  });

  it('chooses in lines of text, and says where nothing is to choose', () => {
    const chosen = layers(['explore', '--plain'], {
      env: storeOf('demo.tar'),
      input: Buffer.from('<enter>jq'),
    });
    expect(chosen.stdout).toMatch(/^1 image to explore\n.*\nstore +bramble:1\.4 .*\n\[Layers\]\n/);
    expect([chosen.status, chosen.stderr]).toEqual([0, '']);
    const empty = layers(['explore', '--plain'], { env: storeOf() });
    expect([empty.status, empty.stdout]).toEqual([2, '']);
    expect(empty.stderr).toContain('the store is empty, and no Docker Engine has any');
  });
});
