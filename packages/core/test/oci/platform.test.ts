import { isLayersError } from '@layers/errors';
import { describe, expect, test } from 'vitest';
import { formatPlatform, hostPlatform, normalizePlatform, parsePlatform } from '../../src/oci/platform.ts';

describe('parsePlatform', () => {
  test.each([
    ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
    ['linux/arm64/v8', { os: 'linux', architecture: 'arm64' }],
    ['linux/arm64/v9', { os: 'linux', architecture: 'arm64', variant: 'v9' }],
    ['linux/arm', { os: 'linux', architecture: 'arm', variant: 'v7' }],
    ['linux/arm/6', { os: 'linux', architecture: 'arm', variant: 'v6' }],
    ['linux/armel', { os: 'linux', architecture: 'arm', variant: 'v6' }],
    ['linux/armhf/v5', { os: 'linux', architecture: 'arm', variant: 'v7' }],
    ['Linux/X86_64', { os: 'linux', architecture: 'amd64' }],
    ['linux/x86-64/v3', { os: 'linux', architecture: 'amd64', variant: 'v3' }],
    ['linux/amd64/v1', { os: 'linux', architecture: 'amd64' }],
    ['linux/i386', { os: 'linux', architecture: '386' }],
    ['macos/aarch64', { os: 'darwin', architecture: 'arm64' }],
    [
      'windows(10.0.17763.5820)/amd64',
      { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.5820' },
    ],
    ['unheard/of', { os: 'unheard', architecture: 'of' }],
    ['arm64', { os: 'linux', architecture: 'arm64' }],
    ['aarch64', { os: 'linux', architecture: 'arm64' }],
    ['s390x', { os: 'linux', architecture: 's390x' }],
  ])('%s', (specifier, platform) => {
    expect(parsePlatform(specifier)).toEqual(platform);
  });

  test('an operating system alone has the architecture of this machine', () => {
    expect(parsePlatform('linux')).toEqual(hostPlatform());
    expect(parsePlatform('freebsd')).toEqual({ ...hostPlatform(), os: 'freebsd' });
  });

  test.each([
    '',
    '/',
    'linux/',
    '/amd64',
    'linux/amd64/',
    'linux/amd64/v1/more',
    'linux/*',
    '*',
    'unheard',
    'linux amd64',
    'linux/amd64\n',
    'linux/\u001b[31m',
    'arm64(1)',
    '../../etc',
    'a'.repeat(100_000),
    `linux/${'a/'.repeat(100_000)}`,
  ])('refuses %.40j', (specifier) => {
    let thrown: unknown;
    try {
      parsePlatform(specifier);
    } catch (error) {
      thrown = error;
    }
    if (!isLayersError(thrown)) throw new Error('not refused');
    expect(thrown.code).toBe('ERR_LAYERS_PLATFORM');
    expect(thrown.hint).toContain('linux/amd64');
    expect(thrown.message).not.toMatch(/[\u0000-\u001f]/);
    expect(thrown.message.length).toBeLessThan(300);
  });
});

test('a formatted platform is parsed to the same platform', () => {
  for (const text of [
    'linux/amd64',
    'linux/arm/v6',
    'linux/arm64/v9',
    'darwin/arm64',
    'windows(10.0.17763.1)/amd64',
  ]) {
    expect(formatPlatform(parsePlatform(text))).toBe(text);
  }
  expect(formatPlatform({ os: 'linux', architecture: '' })).toBe('linux');
  expect(formatPlatform({ os: '', architecture: 'amd64' })).toBe('unknown/amd64');
  expect(formatPlatform({ os: 'linux', architecture: 'arm64', variant: '' })).toBe('linux/arm64');
});

test('converts the names of architectures of Node', () => {
  const of = (arch: string) => formatPlatform(hostPlatform(arch));
  expect(['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mipsel'].map(of)).toEqual([
    'linux/amd64',
    'linux/arm64',
    'linux/arm/v7',
    'linux/386',
    'linux/ppc64le',
    'linux/s390x',
    'linux/riscv64',
    'linux/loong64',
    'linux/mipsle',
  ]);
});

test('normalising twice is normalising once', () => {
  for (const architecture of ['arm', 'armhf', 'armel', 'aarch64', 'x86_64', 'i386', 'ODD']) {
    for (const variant of ['', '5', '7', '8', 'v1', 'V8', 'v9.2', 'odd']) {
      const once = normalizePlatform({ os: 'MacOS', architecture, variant });
      expect(normalizePlatform(once)).toEqual(once);
    }
  }
});
