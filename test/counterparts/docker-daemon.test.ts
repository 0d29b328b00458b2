import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt, dockerClient } from './docker.ts';
import { handmadeArchive } from './handmade.ts';
import { command } from './layers-command.ts';
import { attempt } from './processes.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-docker-daemon-'));
const LAYERS = [
  ['etc/', 'etc/motd', { path: 'big', content: 'x'.repeat(3_000_000) }],
  [{ path: 'etc/.wh.motd' }, 'etc/issue'],
  ['app'],
] as const;

async function layers(args: readonly string[], env: NodeJS.ProcessEnv = { DOCKER_HOST: `unix://${socket}` }) {
  const { status, stdout, stderr } = await attempt(process.execPath, [command, ...args], {
    env: { ...process.env, DOCKER_CONFIG: folder, ...env },
  });
  return { status, stdout: stdout.toString(), stderr };
}

/** Returns a document without its source. */
function withoutSource(json: string): unknown {
  const { source: _, ...rest } = JSON.parse(json);
  return rest;
}

async function idOf(name: string): Promise<string> {
  return docker(['inspect', '--format', '{{.Id}}', name]);
}

/** Forwards a TCP port to the socket of the engine. */
function startRelay(): Promise<Server> {
  const relay = createServer((near) => {
    const far = connect(socket);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  return new Promise((resolve) => {
    relay.listen(0, '127.0.0.1', () => resolve(relay));
  });
}

describe.skipIf(inject('missing').length > 0)('docker-daemon:', () => {
  const saved = join(folder, 'saved.tar');

  beforeAll(async () => {
    writeFileSync(join(folder, 'engine.tar'), handmadeArchive('engine', LAYERS));
    await docker(['load', '-i', join(folder, 'engine.tar')]);
    await docker(['tag', 'handmade:engine', 'handmade:latest']);
    await docker(['save', '-o', saved, 'handmade:engine']);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([['inspect', '--verify'], ['waste'], ['history'], ['ls', '-R', '--digest'], ['verify']])(
    'layers %s gives the same document as for the archive of docker save',
    async (...words) => {
      const of = (name: string) => layers([...words, '--json', '-q', name]);
      const [inDaemon, inFile] = [await of('docker-daemon:handmade:engine'), await of(saved)];
      expect(inDaemon).toMatchObject({ status: 0, stderr: '' });
      expect(withoutSource(inDaemon.stdout)).toEqual(withoutSource(inFile.stdout));
    },
  );

  it('reads a name without a tag as latest, and accepts an id', async () => {
    const tags = async (name: string) =>
      JSON.parse((await layers(['inspect', '--json', name])).stdout).image.tags;
    expect(await tags('docker-daemon:handmade')).toEqual(['handmade:latest']);
    expect(await tags(`docker-daemon:${(await idOf('handmade')).slice(7, 19)}`)).toEqual([]);
  });

  it('reads and writes over TCP', async () => {
    const relay = await startRelay();
    const address = relay.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}` };
    try {
      const run = await layers(
        ['squash', '-q', 'docker-daemon:handmade', '-o', 'docker-daemon:over/tcp:1'],
        env,
      );
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(run.stdout).toContain(await idOf('over/tcp:1'));
    } finally {
      relay.close();
    }
  });

  it('squashes from the engine into the engine, which then has the printed id', async () => {
    const { status, stdout } = await layers([
      ...[
        'squash',
        '--json',
        '-q',
        'docker-daemon:handmade:engine',
        '-o',
        'docker-daemon:squashed',
        '--tag',
        'other:2',
      ],
    ]);
    expect(status).toBe(0);
    const { output, images } = JSON.parse(stdout);
    expect(output).toEqual({
      path: 'docker-daemon:squashed:latest',
      format: 'hybrid',
      compression: null,
      sizeBytes: expect.any(Number),
    });
    expect(images).toMatchObject([{ id: await idOf('squashed'), tags: ['squashed:latest', 'other:2'] }]);
    expect(await idOf('other:2')).toBe(await idOf('squashed'));
    const { stdout: list } = await layers(['ls', '-R', 'docker-daemon:squashed']);
    expect(list).toBe((await layers(['ls', '-R', saved])).stdout);
    // The source image is unchanged.
    expect(await idOf('handmade:engine')).toBe(await idOf('handmade:latest'));
  });

  it.each(['docker', 'hybrid'])('writes the format %s with compressed layers', async (format) => {
    const out = `docker-daemon:packed:${format}`;
    const { status } = await layers([
      'repack',
      '-q',
      '--compression',
      'gzip',
      '--format',
      format,
      saved,
      '-o',
      out,
    ]);
    expect(status).toBe(0);
    expect(await idOf(`packed:${format}`)).toBe(await idOf('handmade:engine'));
  });

  it('moves a name and prints the message of docker', async () => {
    const write = (value: string) =>
      layers(['config', saved, '--set-env', `A=${value}`, '-o', 'docker-daemon:moved:1']);
    expect((await write('1')).status).toBe(0);
    const before = await idOf('moved:1');
    const { status, stderr } = await write('2');
    expect(status).toBe(0);
    expect(stderr).toContain(
      `The image moved:1 already exists, renaming the old one with ID ${before} to empty string`,
    );
    expect(await docker(['inspect', '--format', '{{.Config.Env}}', 'moved:1'])).toBe('[A=2]');
  });

  it("prints docker's message for a missing image", async () => {
    const reported = await attempt(dockerClient, ['-H', `unix://${socket}`, 'history', 'nothing']);
    expect(reported.stderr).toContain('No such image: nothing:latest');
    const { status, stderr } = await layers(['inspect', 'docker-daemon:nothing']);
    expect(status).toBe(3);
    expect(stderr.split('\n')[0]).toBe(
      `error: docker-daemon:nothing: ${reported.stderr.trim()} [ERR_LAYERS_DAEMON]`,
    );
  });

  it("prints the engine's message if saving fails", async () => {
    // Docker does not store the content of a whiteout, so it cannot build the layer again.
    const file = join(folder, 'unsavable.tar');
    writeFileSync(file, handmadeArchive('unsavable', [['x'], [{ path: '.wh.x', content: 'something' }]]));
    await docker(['load', '-i', file]);
    const reported = await attempt(dockerClient, [
      ...['-H', `unix://${socket}`, 'save', '-o', join(folder, 'never.tar'), 'handmade:unsavable'],
    ]);
    const { status, stderr } = await layers(['inspect', 'docker-daemon:handmade:unsavable']);
    expect(status).toBe(reported.status === 0 ? 0 : 3);
    if (reported.status !== 0) expect(stderr).toContain(reported.stderr.trim());
  });

  it("prints docker's message if it refuses an image", async () => {
    const file = join(folder, 'oci.tar');
    await layers(['repack', saved, '--format', 'oci', '-o', file]);
    const reported = await attempt(dockerClient, ['-H', `unix://${socket}`, 'load', '-i', file]);
    const run = await layers(['repack', '-q', saved, '--format', 'oci', '-o', 'docker-daemon:oci:1']);
    expect(run.status).toBe(reported.status === 0 ? 0 : 4);
    // The name of Docker's temporary directory differs each time.
    const words = (text: string) => text.trim().replace(/docker-import-\d+/, 'docker-import');
    if (reported.status !== 0) {
      expect(words(run.stderr.split('\n')[0] ?? '')).toBe(
        `error: Error response from daemon: ${words(reported.stderr)} [ERR_LAYERS_DAEMON_LOAD]`,
      );
    }
  });

  it('reports in one line that no engine answers', async () => {
    const env = { DOCKER_HOST: `unix://${folder}/none.sock` };
    const line = `no Docker Engine answers at unix://${folder}/none.sock [`;
    const read = await layers(['inspect', 'docker-daemon:handmade'], env);
    expect(read).toMatchObject({ status: 3, stdout: '' });
    expect(read.stderr).toContain(`error: docker-daemon:handmade: ${line}`);
    const written = await layers(['squash', saved, '-o', 'docker-daemon:app'], env);
    expect(written).toMatchObject({ status: 4, stdout: '' });
    expect(written.stderr).toContain(`error: ${line}`);
  });
});
