import { secretsDocument } from '@layers/insight/secrets';
import { analysed, INPUTS } from '@layers/testing/analysed';
import { blobOf, layoutOf, OCI, ociImage } from '@layers/testing/layer-parts';
import { githubToken } from '@layers/testing/made-secrets';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const token = (seed: number): string => githubToken(seed);

/** An image in an index with annotations everywhere, an attestation of it, and one of another image. */
function annotatedArchive(): Buffer {
  const plain = ociImage([buildTar([{ path: 'a', data: Buffer.from('clean') }])]);
  const [layer] = plain.layers;
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: plain.config.descriptor,
      layers: [{ ...layer?.descriptor, annotations: { note: token(1) } }],
      annotations: { 'com.example.token': token(2) },
    },
    `${OCI}.manifest.v1+json`,
  );
  const statement = (argument: string) =>
    blobOf(
      {
        predicate: {
          buildConfig: { 'build-arg:NPM_TOKEN': argument, 'build-arg:PASSWORD': 'horse-battery7' },
        },
      },
      'application/vnd.in-toto+json',
    );
  const attestation = (subject: string, seed: number) => {
    const document = statement(token(seed));
    const empty = blobOf({}, `${OCI}.config.v1+json`);
    const own = blobOf(
      {
        schemaVersion: 2,
        mediaType: `${OCI}.manifest.v1+json`,
        config: empty.descriptor,
        layers: [document.descriptor],
      },
      `${OCI}.manifest.v1+json`,
    );
    const descriptor = {
      ...own.descriptor,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': subject,
      },
    };
    return { descriptor, files: [document.file, empty.file, own.file] };
  };
  const ours = attestation(`sha256:${manifest.hex}`, 3);
  const other = attestation(`sha256:${'0'.repeat(64)}`, 4);
  const index = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [
        {
          ...manifest.descriptor,
          platform: { os: 'linux', architecture: 'amd64' },
          annotations: { a: token(5) },
        },
        ours.descriptor,
        other.descriptor,
      ],
      annotations: { b: token(6) },
    },
    `${OCI}.index.v1+json`,
  );
  const top = [{ ...index.descriptor, annotations: { c: token(7) } }];
  return buildTar([
    ...layoutOf(top, { annotations: { d: token(8) } }),
    ...plain.files,
    manifest.file,
    index.file,
    ...ours.files,
    ...other.files,
  ]);
}

describe('the documents around an image', () => {
  it.each(INPUTS.filter(([way]) => way !== 'a pipe'))('have secrets, from %s', async (_, input) => {
    const analysis = await analysed(input(annotatedArchive(), scratch));
    const { secrets } = await secretsDocument(analysis);
    const places = secrets.map(({ rule, place }) => [rule, place.kind, 'key' in place ? place.key : null]);
    expect(places).toEqual([
      ['github-token', 'annotation', 'note'],
      ['github-token', 'annotation', 'com.example.token'],
      ['github-token', 'annotation', 'a'],
      ['github-token', 'attestation', 'build-arg:NPM_TOKEN'],
      ['github-token', 'annotation', 'b'],
      ['github-token', 'annotation', 'c'],
      ['github-token', 'annotation', 'd'],
      ['password-variable', 'attestation', 'build-arg:PASSWORD'],
    ]);
  });
});
