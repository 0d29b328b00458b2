import { describe, expect, it } from 'vitest';
import { daemonReference, mayBeStored, missing, parseImageName } from '../../src/input/image-name.ts';

const candidates = (name: string) => {
  const parsed = parseImageName(name);
  return parsed.kind === 'path' ? parsed.candidates.map(({ path, image }) => [path, image]) : parsed.kind;
};

const missingCode = (name: string) => {
  const parsed = parseImageName(name);
  return parsed.kind === 'path' ? missing(name, parsed).code : null;
};

describe('parseImageName', () => {
  it('treats any other name as a path, with colons too', () => {
    expect(candidates('app.tar')).toEqual([['app.tar', null]]);
    expect(candidates('a:b/c')).toEqual([['a:b/c', null]]);
    expect(parseImageName('-')).toEqual({ kind: 'stdin', transport: null });
  });

  it('reads transports with and without a reference', () => {
    expect(candidates('docker-archive:app.tar')).toEqual([
      ['app.tar', null],
      ['docker-archive:app.tar', null],
    ]);
    expect(candidates('oci:dir:app:1.0')).toEqual([
      ['dir:app:1.0', null],
      ['dir', 'app:1.0'],
      ['dir:app', '1.0'],
      ['oci:dir:app:1.0', null],
    ]);
    expect(parseImageName('oci-archive:-')).toEqual({ kind: 'stdin', transport: 'oci-archive' });
  });

  it('counts images after @ from 0, as containers-transports does', () => {
    expect(candidates('docker-archive:a.tar:@1')).toContainEqual(['a.tar', '#2']);
    expect(candidates('oci:dir:')).toContainEqual(['dir', null]);
  });

  it('rejects empty names', () => {
    expect(() => parseImageName('')).toThrow(expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }));
    expect(() => parseImageName('oci:')).toThrow(expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }));
  });
});

describe('daemonReference', () => {
  it('is the text after docker-daemon:', () => {
    expect(daemonReference('docker-daemon:alpine:3.20')).toBe('alpine:3.20');
    expect(daemonReference('docker-daemon:')).toBe('');
    expect(daemonReference('docker:alpine')).toBe(null);
  });
});

describe('missing', () => {
  it.each(['alpine', 'alpine:3.20', 'ghcr.io/me/app@sha256:00', 'sha256:3ed9bdcf5d92'])(
    'treats %s as an image that the store lacks',
    (name) => {
      expect(missingCode(name)).toBe('ERR_LAYERS_IMAGE_NOT_FOUND');
    },
  );

  it.each(['docker://alpine', 'containers-storage:alpine', 'podman:alpine', 'podman://alpine'])(
    'reports that %s cannot be read',
    (name) => {
      expect(missingCode(name)).toBe('ERR_LAYERS_TRANSPORT');
    },
  );

  it.each([
    'https://example.com/app.tar',
    'http://x/app',
    's3://bucket/app.tar',
    'file:///tmp/app.tar',
    'registry://x/app',
    'sftp://host/app.tar',
  ])('reports that the URL %s cannot be read', (name) => {
    expect(missingCode(name)).toBe('ERR_LAYERS_TRANSPORT');
    const parsed = parseImageName(name);
    expect(parsed.kind === 'path' && missing(name, parsed).message).toContain(`the URL ${name}`);
  });

  it('quotes a URL in the command that downloads it', () => {
    const name = 'https://x/$(id)?a=1&b';
    const parsed = parseImageName(name);
    expect(parsed.kind === 'path' && missing(name, parsed).hint).toContain(`curl -fL '${name}' -o`);
  });

  it.each(['./alpine', '/tmp/x', 'app.tar', 'app.tar.gz', 'dir/', 'oci:dir:app', 'Weird Name'])(
    'treats %s as a missing file',
    (name) => {
      expect(missingCode(name)).toBe('ERR_LAYERS_INPUT_MISSING');
    },
  );

  it('names the most likely file', () => {
    const parsed = parseImageName('docker-archive:a.tar:app:1');
    expect(parsed.kind === 'path' && missing('docker-archive:a.tar:app:1', parsed).archive).toBe('a.tar');
  });
});

describe('mayBeStored', () => {
  it.each(['alpine', 'alpine:3.20', 'docker:27-dind', 'app.tar', '3ed9bdcf5d92', 'Of another tool'])(
    'includes %s',
    (name) => {
      expect(mayBeStored(name)).toBe(true);
    },
  );

  it.each(['./alpine', '/tmp/x', '../x', '~/x', 'dir/', '-x'])('excludes %s', (name) => {
    expect(mayBeStored(name)).toBe(false);
  });
});
