import { errorOfAsync } from '@layers/testing/errors';
import { json } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { described, describedLayout } from '../../support/described.ts';

const scratch = useScratch();
const file = (path: string, data: unknown = 'x'): EntrySpec => ({ path, data: json(data) });
const dockerManifest = [{ Config: 'c.json', RepoTags: [], Layers: [] }];
const hex = 'a'.repeat(64);

describe('an archive without documents of an image', () => {
  test.each<[string, readonly EntrySpec[], RegExp, RegExp]>([
    ['an empty tar', [], /a tar without files/, /run it again/],
    ['a root file system', [file('etc/passwd')], /a root file system/, /import the root file system/],
    [
      'a root file system with a circle of links',
      [{ path: 'bin/sh', type: 'symlink', linkpath: 'sh' }, file('etc/x')],
      /a root file system/,
      /import/,
    ],
    [
      'a docker-archive in a folder',
      [file('image/manifest.json', dockerManifest)],
      /folder image$/,
      /tar -xf FILE$/,
    ],
    [
      'a layout in a folder',
      [file('a/b/oci-layout'), file('a/b/index.json')],
      /folder a\/b$/,
      /tar -xf FILE$/,
    ],
    [
      'a web page',
      [file('www/manifest.json', { name: 'app' })],
      /files such as www\/manifest.json/,
      /if its files are a root file system, import it/,
    ],
    ['a Helm chart', [file('c/Chart.yaml'), file('c/templates/x.yaml')], /a Helm chart/, /helm template/],
    ['an npm package', [file('package/package.json')], /an npm package/, /build one/],
    ['a build context', [file('Dockerfile'), file('main.go')], /a build context/, /build the image/],
    [
      'a runtime bundle',
      [file('config.json'), file('rootfs/bin/sh')],
      /a(?:n OCI)? runtime bundle/,
      /rootfs/,
    ],
    ['an archive in a tar', [file('out/app.tar.gz')], /an archive, out\/app.tar.gz/, /tar -xf FILE$/],
    ['an archive with the name of a command', [file('$(id).tar')], /an archive, \$\(id\).tar/, /^[^$]*$/],
    ['blobs alone', [file(`blobs/sha256/${hex}`)], /blobs without index.json/, /save the image again/],
    ['other files', [file('app/server')], /files such as app\/server/, /import it/],
  ])('%s is recognised', async (_, files, message, hint) => {
    const error = await errorOfAsync(() => described(files, scratch));
    expect(error.code).toBe('ERR_LAYERS_NOT_AN_IMAGE');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});

describe('a directory without documents of an image', () => {
  test.each<[string, readonly EntrySpec[], RegExp, RegExp]>([
    ['an empty directory', [], /an empty directory/, /OCI layout/],
    ['the blobs of a layout', [file(hex)], /directory of blobs/, /the directory that contains index.json/],
    [
      'the folder above an image',
      [file('image/manifest.json', dockerManifest)],
      /folder image$/,
      /open that folder/,
    ],
    [
      'the folder above a copy of skopeo',
      [
        file('c/manifest.json', {
          schemaVersion: 2,
          config: { digest: `sha256:${hex}`, size: 2 },
          layers: [],
        }),
      ],
      /folder c$/,
      /open that folder/,
    ],
    ['the folder of an archive', [file('app.tar')], /an archive, app.tar/, /open that archive/],
  ])('%s is recognised', async (_, files, message, hint) => {
    const error = await errorOfAsync(async () => describedLayout(files, scratch));
    expect(error.code).toBe('ERR_LAYERS_NOT_AN_IMAGE');
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});
