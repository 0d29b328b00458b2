import { expect, it } from 'vitest';
import { platformText } from '../../src/output/platform-text.ts';

it('shows a platform as --platform takes it', () => {
  expect(platformText({ os: 'linux', architecture: 'arm', variant: 'v7' })).toBe('linux/arm/v7');
  expect(platformText({ os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.1' })).toBe(
    'windows(10.0.20348.1)/amd64',
  );
});

it('shortens a hostile platform, and escapes it', () => {
  const text = platformText({ os: 'linux', architecture: 'x'.repeat(12_000_000) });
  expect(text).toHaveLength(151);
  expect(text.endsWith('x…')).toBe(true);
  expect(platformText({ os: 'linux', architecture: 'a\u001b[2Jb' })).not.toContain('\u001b');
});
