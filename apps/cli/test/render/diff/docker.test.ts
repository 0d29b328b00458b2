import { expect, it } from 'vitest';
import { renderDockerChanges } from '../../../src/render/diff/docker.ts';

it('has one line for each change, also for names with line breaks', () => {
  const changes = [
    { kind: 'A', path: '/a\nD /etc' },
    { kind: 'C', path: '/b\rc' },
    { kind: 'D', path: '/caf\u00e9 \\n' },
  ] as const;
  expect([...renderDockerChanges(changes, true)]).toEqual([
    'A /a\\nD /etc\n',
    'C /b\\rc\n',
    'D /caf\u00e9 \\n\n',
  ]);
});
