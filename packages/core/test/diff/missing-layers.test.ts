import { readOne } from '@layers/testing/analysed';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { compareImages } from '../../src/diff/diff.ts';
import { dockerDiff } from '../../src/diff/docker-diff.ts';
import type { Section } from '../../src/diff/document.ts';

const scratch = useScratch();
const base = buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]);
const top = buildTar([{ path: 'app', data: Buffer.from('app') }]);

/** An archive of two layers, without the bytes of the first one. */
function archiveWithout(mediaType: string): string {
  const layers = [blobOf(base, mediaType), blobOf(top, `${OCI}.layer.v1.tar`)];
  const config = blobOf(configOf([base, top]), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    { schemaVersion: 2, config: config.descriptor, layers: layers.map(({ descriptor }) => descriptor) },
    `${OCI}.manifest.v1+json`,
  );
  const files = [...layers.slice(1), config, manifest].map(({ file }) => file);
  return scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files]));
}

describe.each([
  ['a layer', `${OCI}.layer.v1.tar`],
  ['a non-distributable layer', `${OCI}.layer.nondistributable.v1.tar`],
])('two images that both lack %s', (_, mediaType) => {
  const read = async () => {
    const path = archiveWithout(mediaType);
    return [await readOne({ path }), await readOne({ path })] as const;
  };

  test.each<[Section | undefined, boolean]>([
    [undefined, false],
    ['files', false],
    ['layers', false],
    ['packages', false],
    ['config', true],
    ['history', true],
  ])('are not identical where layers count (%s)', async (section, identical) => {
    const [a, b] = await read();
    const document = await compareImages(a, b, section === undefined ? {} : { only: [section] });
    expect(document.identical).toBe(identical);
    expect(document.findings.map(({ code }) => code)).toContain('layers-not-compared');
  });

  test('have that finding in the form of docker diff too', async () => {
    const [a, b] = await read();
    const { changes, findings } = await dockerDiff(a, b);
    expect([...changes]).toEqual([]);
    expect(findings.map(({ code }) => code)).toContain('layers-not-compared');
  });
});
