import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { treeOfFolder } from './folder-tree.ts';
import { handmadeArchive, handmadeTime } from './handmade.ts';
import { treeOfLayers } from './layers-command.ts';
import { attempt, run } from './processes.ts';
import { differences } from './tree.ts';
import { type Rule, unionRules } from './union-rules.ts';

const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-rules-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns the differences without the times at which the other tool created files. */
function reported(found: readonly string[]): string[] {
  return found.map((line) => {
    const [, path, theirs] = /^(.*): mtime -?\d+ \(ours\), (-?\d+) \(theirs\)$/.exec(line) ?? [];
    if (path === undefined) return line;
    return Number(theirs) > handmadeTime ? `${path}: mtime now (theirs)` : `${path}: mtime differs`;
  });
}

function archiveOf(rule: Rule): string {
  const file = join(folder, 'rule.tar');
  writeFileSync(file, handmadeArchive('rule', rule.layers));
  return file;
}

describe.skipIf(socket === '').each(unionRules)('$name', (rule) => {
  it('compared with Docker', async () => {
    const file = archiveOf(rule);
    const loading = docker(['load', '--quiet', '--input', file]);
    if (rule.docker === 'refuses') {
      await expect(loading).rejects.toThrow('exit 1');
      return;
    }
    await loading;
    const container = await treeOfContainer(docker, 'handmade:rule');
    const ours = await treeOfLayers({ path: file });
    expect(reported(differencesFromContainer(ours, container))).toEqual(rule.docker ?? []);
  });

  it('compared with umoci', async () => {
    const file = archiveOf(rule);
    const layout = mkdtempSync(join(folder, 'layout-'));
    await run('skopeo', [
      '--insecure-policy',
      'copy',
      '--quiet',
      `docker-archive:${file}`,
      `oci:${layout}:it`,
    ]);
    const unpacking = await attempt('umoci', [
      'raw',
      'unpack',
      '--image',
      `${layout}:it`,
      `${layout}.rootfs`,
    ]);
    if (rule.umoci === 'refuses') {
      expect(unpacking.status).not.toBe(0);
      return;
    }
    expect(unpacking).toMatchObject({ status: 0 });
    const ours = await treeOfLayers({ path: file });
    expect(reported(differences(ours, await treeOfFolder(`${layout}.rootfs`)))).toEqual(rule.umoci ?? []);
  });
});
