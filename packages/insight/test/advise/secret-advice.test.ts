import { adviceDocument } from '@layers/insight/advise';
import { analysed } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { pem } from '@layers/testing/made-secrets';
import { leaksOf, plantedArchive } from '@layers/testing/planted-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import type { AdviseOptions } from '../../src/advise/advise.ts';
import type { Advice } from '../../src/advise/document.ts';

const scratch = useScratch();

async function secretsOf(
  archive: Buffer,
  options: Omit<AdviseOptions, 'history'> = {},
): Promise<readonly Advice[]> {
  const document = await adviceDocument(await analysed({ path: scratch.file(archive) }), options);
  expect(leaksOf(JSON.stringify(document.advice))).toEqual([]);
  expect(document.totals.secretsIn).toBe(options.secrets === true ? 'contents' : 'names');
  return document.advice.filter(({ code }) => code === 'secrets');
}

const line = ({ rule, storedBy, wastedBy, paths }: Advice): string =>
  [rule, storedBy[0]?.layer, wastedBy?.layer, ...paths.map(({ path }) => path)].join(' ');

describe('advice on secrets', () => {
  test('is found in documents and by names without reading files', async () => {
    const advice = await secretsOf(plantedArchive());
    expect(advice.map(line)).toEqual([
      'github-token  ',
      'url-password-in-config  ',
      'github-token 0 ',
      'github-token 1 ',
      'password-variable  ',
      'file-name 0  /root/.netrc',
    ]);
    expect(advice[0]).toMatchObject({
      problem: expect.stringMatching(
        / in the variable GITHUB_TOKEN of the image, the label com\.example\.token, the health check, .*, 1 more places$/,
      ),
      example: 'docker run --env-file FILE IMAGE',
      savableBytes: 0,
      paths: [],
    });
    expect(advice.at(-1)).toMatchObject({
      problem: 'passwords, by the name of a file, whose content was not read',
      example: 'RUN --mount=type=secret,id=NAME,target=PATH COMMAND',
    });
  });

  test('names files, layers and instructions where contents are read', async () => {
    const lines = (await secretsOf(plantedArchive(), { secrets: true })).map(line);
    expect(lines).toContain('netrc-password 0  /root/.netrc');
    expect(lines).toContain('private-key 0  /root/key.pem');
    expect(lines).toContain('github-token 1  /app/new-name');
    expect(lines).toContain(
      'github-token 0 1 /app/deleted.txt /app/overwritten.txt /app/old-name /gone/inner/file /opaque/file',
    );
    expect(lines.filter((each) => each.startsWith('file-name'))).toEqual([]);
  });

  const key = { path: 'root/.ssh/id_rsa', data: Buffer.from(pem('RSA PRIVATE KEY')) };
  const test1 = { path: 'app/node_modules/ssh2/test/id_rsa', data: Buffer.from('x') };
  const config = {
    history: [{ created_by: 'COPY .ssh /root/.ssh' }, { created_by: 'RUN rm /root/.ssh/id_rsa' }],
  };

  test('names a key that a later instruction removes, and not those of packages', async () => {
    const archive = archiveOf(
      [[key, test1], [{ path: 'root/.ssh/.wh.id_rsa' }]],
      { form: 'hybrid', compression: null },
      config,
    );
    const [advice, ...more] = await secretsOf(archive);
    expect(more).toEqual([]);
    expect(advice).toMatchObject({
      rule: 'file-name',
      problem:
        'a private key, by the name of a file that this instruction removes, but a layer below still has, whose content was not read',
      fix: expect.stringMatching(/^name the file in \.dockerignore, .*; revoke it/),
      storedBy: [{ layer: 0, instruction: 'COPY .ssh /root/.ssh' }],
      wastedBy: { layer: 1, instruction: 'RUN rm /root/.ssh/id_rsa' },
      paths: [{ path: '/root/.ssh/id_rsa', sizeBytes: 0, files: 1 }],
    });
    expect(await secretsOf(archive, { baseLayers: 1 })).toEqual([]);
    const [read] = await secretsOf(archive, { secrets: true });
    expect(read).toMatchObject({ rule: 'private-key', wastedBy: { layer: 1 } });
    expect(await secretsOf(archive, { secrets: true, baseLayers: 1 })).toEqual([]);
  });
});
