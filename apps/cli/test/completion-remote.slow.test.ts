import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, environment, examples, layers, layersAsync } from '@layers/testing/command';
import { killAtEnd } from '@layers/testing/explorer-program';
import { needs } from '@layers/testing/needs';
import { onTerminal } from '@layers/testing/pty';
import { pushedImage } from '@layers/testing/registry/pushed-image';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry/test-registry';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'layers-offers-'));
let registry: TestRegistry;
beforeAll(async () => {
  symlinkSync(command, join(folder, 'layers'));
  registry = await startTestRegistry();
  for (const tag of ['1.0', '1.1', '2.0'])
    pushedImage(registry.storage, 'team/app', tag, {
      layers: [buildTar([{ path: 'a', data: Buffer.from(tag) }])],
    });
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
});

const offers = async (...words: readonly string[]): Promise<string[]> => {
  const { status, stdout, stderr } = await layersAsync(['__complete', ...words]);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
};

describe('completion of images in a registry', () => {
  it('offers tags after the colon, with or without docker://', async () => {
    const name = `${registry.domain}/team/app`;
    expect(await offers('names', `docker://${name}:`)).toEqual(
      ['1.0', '1.1', '2.0'].map((tag) => `docker://${name}:${tag}`),
    );
    expect(await offers('names', `docker://${name}:1.`)).toHaveLength(2);
    expect(await offers('tags', `${name}:2`)).toEqual([`${name}:2.0`]);
    expect(await offers('tags', `${name}:3`)).toEqual([]);
    expect(await offers('names', `docker://${registry.domain}/none:`)).toEqual([]);
  });

  it('offers layers of an image without reading them', async () => {
    const before = registry.log.records.length;
    expect(await offers('layers', `docker://${registry.domain}/team/app:1.0`, '')).toEqual([
      '0\tCOPY file0 /',
    ]);
    const blobs = registry.log.records
      .slice(before)
      .flatMap(({ blob }) => (blob === null ? [] : [blob.digest]));
    expect(new Set(blobs).size).toBe(1);
  });

  it('sends no request before the colon of a tag', async () => {
    const before = registry.log.records.length;
    for (const name of [`docker://${registry.domain}/team/app`, `docker://${registry.domain}`, 'docker://'])
      expect(await offers('names', name)).toEqual([]);
    expect(registry.log.records).toHaveLength(before);
  });

  it('ends where a server never answers', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const child = spawn(command, ['__complete', 'tags', `127.0.0.1:${port}/app:`], { env: environment() });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([status, sockets.size > 0]).toEqual([0, true]);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe('zsh', () => {
  it('offers layers with their instructions, and paths', needs('zsh'), async () => {
    writeFileSync(join(folder, '_layers'), layers(['completion', 'zsh']).stdout);
    const zsh = onTerminal('zsh', ['-f', '-i'], {
      env: { PATH: `${folder}:${process.env['PATH']}`, PS1: '% ', HOME: folder },
      columns: 120,
    });
    killAtEnd(zsh);
    const line = (text: string) => (screen: readonly string[]) => screen.some((each) => each.includes(text));
    zsh.type(
      `autoload -Uz compinit && compinit -u -D && source ${join(folder, '_layers')} && echo rea''dy\r`,
    );
    await zsh.until(line('ready'), 'the prompt');
    const demo = join(examples, 'demo.tar');
    zsh.type(`clear; layers ls ${demo} --layer \t\t`);
    await zsh.until(line('1  COPY'), 'the layers');
    expect(zsh.screen().join('\n')).toMatch(/0 {2}ADD[\s\S]*1 {2}COPY[\s\S]*4 {2}rm/);
    zsh.type(`\x15layers cat ${demo} /etc/br\t`);
    await zsh.until(line(`${demo} /etc/bramble/`), 'the path');
  });
});
