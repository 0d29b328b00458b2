import { expect, test } from 'vitest';
import { IMAGE_NAME, REF_NAME, tagsOfDescriptor } from '../../src/oci/annotations.ts';
import { parseIndex } from '../../src/oci/index-document.ts';
import { sum } from './documents.ts';

function tags(annotations: object): readonly string[] {
  const { manifests } = parseIndex({ manifests: [{ digest: sum('a'), size: 1, annotations }] }, 'i');
  return manifests.flatMap(tagsOfDescriptor);
}

test.each([
  [{}, []],
  [{ [IMAGE_NAME]: 'docker.io/library/alpine:3.14', [REF_NAME]: '3.14' }, ['alpine:3.14']],
  [{ [IMAGE_NAME]: 'docker.io/foo/bar:v3' }, ['foo/bar:v3']],
  [{ [IMAGE_NAME]: 'ghcr.io/me/app:v1' }, ['ghcr.io/me/app:v1']],
  [{ [IMAGE_NAME]: `docker.io/library/alpine@${sum('a')}` }, []],
  [{ [IMAGE_NAME]: `docker.io/library/alpine:3@${sum('a')}` }, ['alpine:3']],
  [{ [IMAGE_NAME]: '', [REF_NAME]: 'latest' }, ['latest']],
  [{ [REF_NAME]: 'latest' }, ['latest']],
  [{ [REF_NAME]: '3.14' }, ['3.14']],
  [{ [REF_NAME]: 'docker.io/library/alpine:3.14' }, ['alpine:3.14']],
  [{ [REF_NAME]: 'alpine:3.14' }, ['alpine:3.14']],
  [{ [REF_NAME]: 'docker.io/library/alpine' }, ['alpine']],
  [{ [REF_NAME]: 'Not a/Reference' }, ['Not a/Reference']],
  [{ other: 'alpine:3.14' }, []],
])('%j gives %j', (annotations, expected) => {
  expect(tags(annotations)).toEqual(expected);
});
