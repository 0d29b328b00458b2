import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { differencesFromContainer, treeOfContainer } from './docker-tree.ts';
import { layersCommand, treeOfLayers } from './layers-command.ts';
import { run } from './processes.ts';
import type { Tree } from './tree.ts';

/** The sources of the images in these tests. All have the same root file system. */
export interface Sources {
  /** An archive of `docker save`, tagged `loaders:1`. */
  tagged: string;
  /** The same image without a tag. */
  untagged: string;
  /** An OCI layout of it by another program, with the tag `it` and no name. */
  bare: string;
  /** The same layers with another config, tagged `loaders:2`. */
  other: string;
  /** An OCI layout with two platforms in its index, and the blobs of only one. */
  sparse: string;
  /** A directory to add to `/etc`. */
  addition: string;
  /** `os/arch` of all of them. */
  platform: string;
  /** The tree of `docker export`, in the form of `layers ls`. */
  tree: Tree;
}

/** The command of the image. It prints two files that its layers changed. */
const COMMAND = ['sh', '-c', 'cat /etc/one; ls -n /etc/two | cut -c 1-15; ls /new /old'];

/** Builds the sources in `folder` with Docker, and removes them from Docker. */
export async function makeSources(docker: Docker, folder: string): Promise<Sources> {
  const root = join(folder, 'root');
  for (const name of ['bin', 'etc', 'old/d', 'tmp']) mkdirSync(join(root, name), { recursive: true });
  const busybox = (await run('sh', ['-c', 'command -v busybox'])).toString().trim();
  await run('cp', [busybox, join(root, 'bin/busybox')]);
  for (const name of ['sh', 'cat', 'chmod', 'cut', 'ln', 'ls', 'mkdir', 'rm']) {
    symlinkSync('busybox', join(root, 'bin', name));
  }
  writeFileSync(join(root, 'etc/one'), 'one\n');
  writeFileSync(join(root, 'etc/capable'), 'capable\n');
  writeFileSync(join(root, 'old/waste'), 'wasted\n'.repeat(5000));
  writeFileSync(join(root, 'old/d/gone'), 'gone\n');
  await run('chmod', ['1777', join(root, 'tmp')]);
  const capability = '0x0100000200200000000000000000000000000000';
  await run('setfattr', ['-n', 'security.capability', '-v', capability, join(root, 'etc/capable')]);
  const keep = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--owner=0', '--group=0'];
  const tar = await run('tar', [...keep, '--create', '--directory', root, '.']);

  await docker(['import', '--change', 'ENV PATH=/bin', '-', 'loaders:0'], { input: tar });
  await step(
    docker,
    'rm -r /old/d; echo two > /etc/one; ln /etc/one /etc/two; mkdir /new; echo é > "/new/é b"',
  );
  await step(
    docker,
    'rm -r /new; mkdir /new; echo three > /new/three; chmod 711 /bin/busybox; rm /old/waste; echo x > /old/kept',
  );
  const id = await docker(['image', 'inspect', '--format', '{{.Id}}', 'loaders:0']);
  await docker(['tag', id, 'loaders:1']);
  const [tagged, untagged, other] = ['tagged', 'untagged', 'other'].map((name) =>
    join(folder, `${name}.tar`),
  );
  const bare = join(folder, 'bare');
  const sparse = join(folder, 'sparse');
  const addition = join(folder, 'addition');
  if (tagged === undefined || untagged === undefined || other === undefined) throw new Error('three names');
  await docker(['save', '--output', tagged, 'loaders:1']);
  await docker(['save', '--output', untagged, id]);
  const platform = await docker(['image', 'inspect', '--format', '{{.Os}}/{{.Architecture}}', id]);

  const tree = await treeOfLayers({ path: tagged });
  const seen = differencesFromContainer(tree, await treeOfContainer(docker, id));
  if (seen.length > 0) throw new Error(`the source itself is not read right: ${seen.join('; ')}`);
  // Docker does not read layers from an archive that it already has.
  await docker(['rmi', '--force', id]);

  await run('skopeo', ['--insecure-policy', 'copy', '--quiet', `docker-archive:${tagged}`, `oci:${bare}:it`]);
  const changes = ['--tag', 'loaders:2', '--label', 'which=other'];
  await layersCommand(['config', ...changes, tagged, '-o', other]);
  await layersCommand(['repack', '--format', 'oci-dir', tagged, '-o', sparse]);
  makeSparse(sparse, platform);
  mkdirSync(addition);
  writeFileSync(join(addition, 'three'), '3\n');
  return { tagged, untagged, bare, other, sparse, addition, platform, tree };
}

/** Adds a layer, as `RUN` does. */
async function step(docker: Docker, script: string): Promise<void> {
  await docker(['run', '--network', 'none', '--name', 'loaders-step', 'loaders:0', 'sh', '-ec', script]);
  const change = ['--change', `CMD ${JSON.stringify(COMMAND)}`];
  await docker(['commit', ...change, 'loaders-step', 'loaders:0']);
  await docker(['rm', 'loaders-step']);
}

/** Adds an index that also names a platform without blobs, as Docker 29 does. */
function makeSparse(layout: string, platform: string): void {
  const file = join(layout, 'index.json');
  const { manifests, ...rest }: { manifests: Record<string, unknown>[] } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const [{ annotations, ...held } = {}] = manifests;
  const [os, architecture] = platform.split('/');
  const absent = {
    ...held,
    digest: `sha256:${'0'.repeat(64)}`,
    platform: { os, architecture: architecture === 's390x' ? 'amd64' : 's390x' },
  };
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const nested = JSON.stringify({ schemaVersion: 2, mediaType, manifests: [absent, held] });
  const hex = createHash('sha256').update(nested).digest('hex');
  writeFileSync(join(layout, 'blobs/sha256', hex), nested);
  const descriptor = { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(nested), annotations };
  writeFileSync(file, JSON.stringify({ ...rest, manifests: [descriptor] }));
}
