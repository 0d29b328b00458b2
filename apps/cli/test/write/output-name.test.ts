import { codeOfAsync } from '@layers/testing/errors';
import { describe, expect, test } from 'vitest';
import { parseOutputName } from '../../src/write/output-name.ts';

describe('the value of -o', () => {
  test.each([
    ['app.tar', { path: 'app.tar', format: 'hybrid' }],
    ['with:colon.tar', { path: 'with:colon.tar', format: 'hybrid' }],
    ['-', { path: '-', format: 'hybrid' }],
    ['oci:layout', { path: 'layout', format: 'oci-dir' }],
    ['oci:layout:app:1', { path: 'layout', format: 'oci-dir', reference: 'app:1' }],
    ['oci:/a/b:latest', { path: '/a/b', format: 'oci-dir', reference: 'latest' }],
    ['oci-archive:a.tar:app', { path: 'a.tar', format: 'oci', reference: 'app' }],
    [
      'docker-archive:a.tar:host:5000/app:1',
      { path: 'a.tar', format: 'docker', reference: 'host:5000/app:1' },
    ],
    ['docker-archive:-:app:1', { path: '-', format: 'docker', reference: 'app:1' }],
  ])('%s', (name, output) => {
    expect(parseOutputName(name, undefined)).toEqual(output);
  });

  test.each([
    undefined,
    '',
    'oci:',
    'oci::app',
    'oci:-',
    'oci-archive:a.tar:',
    'oci-archive:a.tar:Upper Case',
    'app:2',
    'localhost:5000/app',
  ])('is refused for %s', async (name) => {
    expect(await codeOfAsync(() => parseOutputName(name, undefined))).toBe('ERR_LAYERS_USAGE');
  });

  test('a format that contradicts the transport is rejected', async () => {
    expect(await codeOfAsync(() => parseOutputName('oci:dir', 'docker'))).toBe('ERR_LAYERS_USAGE');
    expect(parseOutputName('./a:b', 'oci')).toEqual({ path: './a:b', format: 'oci' });
  });
});
