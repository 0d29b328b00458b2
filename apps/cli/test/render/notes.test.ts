import type { Finding } from '@layers/core/findings';
import { expect, test } from 'vitest';
import { notes } from '../../src/render/notes.ts';

test('findings are printed one a line, escaped, up to a limit', () => {
  const findings = Array.from(
    { length: 12 },
    (_, i): Finding => ({
      code: 'tar-oddity',
      severity: 'note',
      message: `odd ${i}\u001b`,
      ...(i === 0 ? {} : { place: { path: `p${i}\u001b` } }),
    }),
  );
  const lines = [...notes(findings)];
  expect(lines).toHaveLength(11);
  expect(lines.slice(0, 2)).toEqual(['note: odd 0\\x1b\n', 'note: p1\\x1b: odd 1\\x1b\n']);
  expect(lines.at(-1)).toBe('note: and 2 more such notes; --json lists all\n');
  expect([...notes([])]).toEqual([]);
});
