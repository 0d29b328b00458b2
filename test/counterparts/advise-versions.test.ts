import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { githubToken, pem } from '@layers/testing/made-secrets';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

/** Images that Docker builds: three versions in two orders of instructions, and one with secrets. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-versions-'));
const context = join(folder, 'context');

const START = ['FROM scratch', 'ADD base.tar /'];
const COPY = 'COPY src /app/src';
// As an installation does: the same files, with the time of the build.
const INSTALL = 'RUN sleep 1 && mkdir -p /app/modules && cp /payload /app/modules/all';

async function built(name: string, lines: readonly string[], source: string): Promise<string> {
  writeFileSync(join(context, 'src', 'main.js'), source);
  writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
  await docker(['build', '--quiet', '--network', 'none', '--tag', name, context]);
  const archive = join(folder, `${name.replace(':', '-')}.tar`);
  await docker(['save', '--output', archive, name]);
  return archive;
}

async function layers(...args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [command, ...args])).toString();
}

interface Inspected {
  readonly layers: readonly { readonly diffId: string; readonly storedBytes: number }[];
}

/** The bytes of layers that someone pulls who has every version before. */
async function pulledBytes(archives: readonly string[]): Promise<number> {
  const known = new Set<string>();
  let bytes = 0;
  for (const [i, archive] of archives.entries()) {
    const { layers: all }: Inspected = JSON.parse(await layers('inspect', '--json', archive));
    for (const { diffId, storedBytes } of all) {
      if (i > 0 && !known.has(diffId)) bytes += storedBytes;
      known.add(diffId);
    }
  }
  return bytes;
}

async function versions(name: string, lines: readonly string[]): Promise<readonly string[]> {
  const archives: string[] = [];
  for (const version of [1, 2, 3])
    archives.push(await built(`versions-${name}:${version}`, lines, `version ${version}`));
  return archives;
}

function adviceOn([first = '', second = '', third = '']: readonly string[]): Promise<string> {
  return layers('advise', '--json', '--min-size', '0', third, '--history', first, '--history', second);
}

describe.skipIf(socket === '')('advice on images that Docker built', () => {
  beforeAll(async () => {
    mkdirSync(join(context, 'src'), { recursive: true });
    const base = join(folder, 'base');
    mkdirSync(join(base, 'bin'), { recursive: true });
    await run('cp', ['/bin/busybox', join(base, 'bin', 'busybox')]);
    for (const name of ['sh', 'sleep', 'mkdir', 'cp', 'rm'])
      await run('ln', ['-s', 'busybox', join(base, 'bin', name)]);
    writeFileSync(join(base, 'payload'), Buffer.alloc(2_000_000, 'some module\n'));
    await run('tar', ['-C', base, '-cf', join(context, 'base.tar'), '.']);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    for (const name of ['versions-early', 'versions-late', 'versions-secrets']) {
      const ids = await docker(['images', '--quiet', name]);
      if (ids !== '') await docker(['rmi', '--force', ...ids.split('\n')]).catch(() => '');
    }
  });

  it('promises what the versions transfer less with the instruction moved down', async () => {
    const early = await versions('early', [...START, COPY, INSTALL]);
    const { advice, totals } = JSON.parse(await adviceOn(early));
    const late = await versions('late', [...START, INSTALL, COPY]);
    const saved = (await pulledBytes(early)) - (await pulledBytes(late));
    expect(saved).toBeGreaterThan(4_000_000);
    // The order of the directories that both instructions make costs a few header blocks.
    expect(Math.abs(totals.pullBytes - saved)).toBeLessThan(saved / 100);
    expect(advice.filter(({ code }: { code: string }) => code === 'layer-order')).toEqual([
      expect.objectContaining({
        pullBytes: totals.pullBytes,
        wastedBy: { layer: 1, instruction: expect.stringMatching(/^COPY dir:/) },
        storedBy: [expect.objectContaining({ layer: 2, sizeBytes: totals.pullBytes })],
      }),
    ]);
    expect(JSON.parse(await adviceOn(late)).totals.pullBytes).toBe(0);
  });

  it('names secrets in files, variables and the history, and never shows them', async () => {
    const key = pem('OPENSSH PRIVATE KEY');
    const [token, argument] = [githubToken(1), githubToken(2)];
    writeFileSync(join(context, 'id_rsa'), key);
    const archive = await built(
      'versions-secrets:1',
      [
        ...START,
        'COPY id_rsa /root/.ssh/id_rsa',
        'RUN rm /root/.ssh/id_rsa',
        `ENV GITHUB_TOKEN=${token}`,
        `RUN : git clone https://x:${argument}@github.com/a && echo ${argument} > /etc/token`,
      ],
      'x',
    );
    for (const args of [[], ['--secrets'], ['--json', '--secrets'], ['--no-trunc', '--secrets']]) {
      const output = await layers('advise', ...args, archive);
      // The config of the image in the document is as stored.
      const text = args.includes('--json') ? JSON.stringify(JSON.parse(output).advice) : output;
      for (const secret of [token, argument, key.split('\n')[3] ?? ''])
        expect(text.includes(secret), args.join(' ')).toBe(false);
    }
    interface Document {
      readonly advice: readonly {
        readonly code: string;
        readonly rule: string | null;
        readonly paths: readonly { readonly path: string }[];
        readonly storedBy: readonly { readonly instruction: string | null }[];
        readonly wastedBy: { readonly instruction: string | null } | null;
      }[];
    }
    const found = async (...args: readonly string[]) => {
      const { advice }: Document = JSON.parse(await layers('advise', '--json', ...args, archive));
      return advice
        .filter(({ code }) => code === 'secrets')
        .map(({ rule, paths, storedBy, wastedBy }) =>
          [
            rule,
            paths[0]?.path,
            storedBy[0]?.instruction?.slice(0, 8),
            wastedBy?.instruction?.slice(0, 6),
          ].join(' '),
        )
        .sort();
    };
    const inDocuments = ['github-token   ', 'github-token  : git cl '];
    expect(await found()).toEqual(['file-name /root/.ssh/id_rsa COPY fil rm /ro', ...inDocuments]);
    expect(await found('--secrets')).toEqual([
      ...inDocuments,
      'github-token /etc/token : git cl ',
      'private-key /root/.ssh/id_rsa COPY fil rm /ro',
    ]);
  });
});
