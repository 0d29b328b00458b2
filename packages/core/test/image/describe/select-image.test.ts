import { errorOfAsync } from '@layers/testing/errors';
import { describe, expect, test } from 'vitest';
import type { ImageDescription } from '../../../src/image/describe/description.ts';
import { type ImageQuery, imageChoices, selectImage } from '../../../src/image/describe/select-image.ts';
import { hostPlatform } from '../../../src/oci/platform.ts';

function image(
  tags: readonly string[],
  {
    id = 'a',
    platform = 'linux/amd64',
    manifest = '',
  }: { id?: string; platform?: string; manifest?: string } = {},
): ImageDescription {
  const [os = '', architecture = '', variant] = platform.split('/');
  return {
    id: `sha256:${id.padEnd(64, '0')}`,
    declaredId: null,
    configName: null,
    configBytes: null,
    config: {
      created: undefined,
      author: undefined,
      os,
      architecture,
      variant,
      osVersion: undefined,
      config: {},
      diffIds: [],
      history: [],
    },
    manifestDigest: manifest === '' ? null : `sha256:${manifest.padEnd(64, '0')}`,
    manifestName: null,
    tags,
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
    layers: [],
    findings: [],
    documents: [],
  };
}

const web = image(['web:1', 'ghcr.io/me/web:1'], { id: 'beef1', manifest: 'cafe1' });
const api = image(['api:latest'], { id: 'beef2' });
const bare = image([], { id: 'd00d' });
const select = (images: readonly ImageDescription[], query?: ImageQuery) => selectImage({ images }, query);

describe('an image', () => {
  test.each([
    ['web:1', web],
    ['docker.io/library/web:1', web],
    ['ghcr.io/me/web:1', web],
    ['api', api],
    ['beef1', web],
    ['sha256:beef2', api],
    ['d00d', bare],
    [`sha256:${'d00d'.padEnd(64, '0')}`, bare],
    ['cafe1', web],
    ['#1', web],
    ['#3', bare],
  ])('is selected by %j', (query, expected) => {
    expect(select([web, api, bare], { image: query })).toBe(expected);
  });

  test.each(['web', 'web:2', '#0', '#4', '#01', 'bee1', 'sha256:', 'd0', ''])(
    'is not meant by %j',
    async (query) => {
      const error = await errorOfAsync(() => select([web, api, bare], { image: query }));
      expect(error.code).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
      expect(error.message).toContain(JSON.stringify(query));
      expect(error.hint).toBe(
        'the images are: #1 web:1, ghcr.io/me/web:1 (linux/amd64); ' +
          '#2 api:latest (linux/amd64); #3 d00d00000000 (linux/amd64)',
      );
    },
  );

  test('that is the only one requires no name', () => {
    expect(select([bare])).toBe(bare);
  });

  test('among several requires an unambiguous name', async () => {
    for (const query of [{}, { image: 'beef' }]) {
      const error = await errorOfAsync(() => select([web, api, bare], query));
      expect(error.code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
      expect(error.hint).toContain('#2 api:latest');
    }
  });

  test('list of many images is truncated', async () => {
    const many = Array.from({ length: 25 }, (_, i) => image([`app:${i}`], { id: `${i}a` }));
    const { hint } = await errorOfAsync(() => select(many));
    expect(hint).toContain('#20 app:19 (linux/amd64); and 5 more');
    expect(hint).not.toContain('#21');
  });
});

describe('a platform', () => {
  const { architecture } = hostPlatform();
  const mine = image(['app:1'], { id: '1', platform: `linux/${architecture}` });
  const s390x = image(['app:1'], { id: '2', platform: 'linux/s390x' });
  const riscv = image(['app:1'], { id: '3', platform: 'linux/riscv64' });
  const arms = ['v5', 'v6', 'v7'].map((v, i) =>
    image(['app:1'], { id: `${i}4`, platform: `linux/arm/${v}` }),
  );

  test('defaults to that of this machine', () => {
    expect(select([s390x, mine, riscv])).toBe(mine);
    expect(select([s390x, mine, riscv], { image: 'app:1' })).toBe(mine);
  });

  test('defaults to the only one of the image', () => {
    expect(select([s390x])).toBe(s390x);
    expect(select([s390x, web], { image: 'app:1' })).toBe(s390x);
  });

  test('that is missing causes an error', async () => {
    expect((await errorOfAsync(() => select([s390x, riscv]))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
    const error = await errorOfAsync(() => select([s390x, riscv], { platform: 'linux/ppc64le' }));
    expect([error.code, error.message]).toEqual([
      'ERR_LAYERS_IMAGE_NOT_FOUND',
      'no image is for the platform linux/ppc64le',
    ]);
    expect((await errorOfAsync(() => select([s390x], { platform: 'linux/amd64' }))).code).toBe(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
    );
  });

  test('selects the best matching variant', () => {
    const images = [s390x, ...arms, riscv];
    expect(select(images, { platform: 'linux/riscv64' })).toBe(riscv);
    expect(select(images, { platform: 'linux/arm/v6' })).toBe(arms[1]);
    expect(select(images, { platform: 'linux/arm64' })).toBe(arms[2]);
  });

  test('does not select among different images', async () => {
    const other = image(['other:1'], { id: '9', platform: `linux/${architecture}` });
    expect((await errorOfAsync(() => select([mine, other]))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
    const elsewhere = image(['other:1'], { id: '8', platform: 'linux/s390x' });
    expect((await errorOfAsync(() => select([mine, elsewhere]))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
    const query = { platform: `linux/${architecture}` };
    expect((await errorOfAsync(() => select([mine, other], query))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
    expect(select([mine, other], { ...query, image: 'other:1' })).toBe(other);
  });

  test('that is invalid causes an error', async () => {
    expect((await errorOfAsync(() => select([mine], { platform: 'linux/' }))).code).toBe(
      'ERR_LAYERS_PLATFORM',
    );
  });
});

test('choices have number, id, tags, platform and layers', () => {
  const unknown = { ...bare, platform: null };
  expect(imageChoices([web, unknown])).toEqual([
    { number: '#1', id: web.id, tags: web.tags, platform: 'linux/amd64', layers: 0 },
    { number: '#2', id: bare.id, tags: [], platform: null, layers: 0 },
  ]);
});

test('a complete id is never a tag of another image', () => {
  const images = [image([`sha256:${'b'.padEnd(64, '0')}`], { id: 'a' }), image(['b:1'], { id: 'b' })];
  for (const query of [`sha256:${'b'.padEnd(64, '0')}`, 'b'.padEnd(64, '0')])
    expect(selectImage({ images }, { image: query }).tags).toEqual(['b:1']);
});

test('images without tags are ambiguous, also for several platforms, unless one index joins them', async () => {
  const { architecture } = hostPlatform();
  const untagged = [`linux/${architecture}`, 'linux/s390x'].map((platform, i) =>
    image([], { id: `${i}`, platform }),
  );
  expect((await errorOfAsync(() => select(untagged))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
  expect(select(untagged, { platform: 'linux/s390x' })).toBe(untagged[1]);
  const ofLayout = untagged.map((each) => ({ ...each, manifestDigest: each.id }));
  expect((await errorOfAsync(() => select(ofLayout))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
  const indexDigest = `sha256:${'1'.repeat(64)}` as const;
  const ofIndex = ofLayout.map((each) => ({ ...each, indexDigest }));
  expect(select(ofIndex)).toBe(ofIndex[0]);
  const [first = bare, second = bare] = ofIndex;
  const other = { ...second, indexDigest: `sha256:${'2'.repeat(64)}` as const };
  expect((await errorOfAsync(() => select([first, other]))).code).toBe('ERR_LAYERS_IMAGE_AMBIGUOUS');
});
