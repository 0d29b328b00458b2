import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { storePath } from '../../src/index.ts';

test('LAYERS_STORE takes precedence, also as a relative path', () => {
  expect(storePath({ LAYERS_STORE: '/data/images', XDG_DATA_HOME: '/xdg' })).toBe('/data/images');
  expect(storePath({ LAYERS_STORE: 'images' })).toBe(resolve('images'));
  expect(storePath({ LAYERS_STORE: '', XDG_DATA_HOME: '/xdg' }, 'linux')).toBe('/xdg/layers/store');
});

test('Linux uses the XDG base directories', () => {
  expect(storePath({ HOME: '/home/me' }, 'linux')).toBe('/home/me/.local/share/layers/store');
  expect(storePath({ HOME: '/home/me', XDG_DATA_HOME: '/xdg' }, 'linux')).toBe('/xdg/layers/store');
  // A relative path is ignored.
  expect(storePath({ HOME: '/home/me', XDG_DATA_HOME: 'xdg' }, 'linux')).toBe(
    '/home/me/.local/share/layers/store',
  );
});

test('macOS and Windows use their own folders', () => {
  expect(storePath({ HOME: '/Users/me' }, 'darwin')).toBe(
    '/Users/me/Library/Application Support/layers/store',
  );
  expect(storePath({ LOCALAPPDATA: '/local', HOME: '/h' }, 'win32')).toBe('/local/layers/store');
});
