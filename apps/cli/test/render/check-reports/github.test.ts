import { expect, test } from 'vitest';
import { githubAnnotations } from '../../../src/render/check-reports/github.ts';
import { evidenceOf, HOSTILE_NAMES, reportOf, resultOf } from '../../support/check-report.ts';

interface Command {
  readonly kind: string | undefined;
  readonly title: string;
  readonly message: string;
}

/** Reads workflow commands as the runner does: a line each, with encoded characters. */
function commandsIn(text: string): Command[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line !== '');
  return lines.map((line) => {
    const parsed = /^::(error|warning) title=([^,:]*)::(.*)$/s.exec(line);
    const [, kind, title = '', message = ''] = parsed ?? [];
    return { kind, title: decoded(title), message: decoded(message) };
  });
}

function decoded(text: string): string {
  return text
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%');
}

test('failures are errors, warnings are warnings, with what to blame', () => {
  const many = Array.from({ length: 7 }, (_, i) => evidenceOf({ path: `/a${i}`, note: '' }));
  const report = reportOf([
    resultOf({ level: 'warn', title: 'layers', reason: 'the image has 3 layers, 100%', evidence: [] }),
    resultOf({ evidence: many, moreEvidence: 2 }),
    resultOf({ level: 'pass' }),
    resultOf({ level: 'skip' }),
  ]);
  const line = (i: number) => `/a${i}: 1 MB, layer 1: RUN make`;
  expect(commandsIn(githubAnnotations(report))).toEqual([
    {
      kind: 'error',
      title: 'layers check: wasted bytes',
      message: ['1 MB is wasted, more than 500 kB', ...[0, 1, 2, 3, 4].map(line), 'and 4 more'].join('\n'),
    },
    { kind: 'warning', title: 'layers check: layers', message: 'the image has 3 layers, 100%' },
  ]);
});

test('of more than ten of a kind, the last names the rest', () => {
  const results = Array.from({ length: 12 }, (_, i) => resultOf({ title: `budget ${i}`, evidence: [] }));
  const commands = commandsIn(githubAnnotations(reportOf(results)));
  expect(commands).toHaveLength(10);
  expect(commands[8]?.title).toBe('layers check: budget 8');
  expect(commands[9]).toEqual({
    kind: 'error',
    title: 'layers check: 3 more',
    message: [9, 10, 11].map((i) => `budget ${i}: 1 MB is wasted, more than 500 kB`).join('\n'),
  });
  expect(commandsIn(githubAnnotations(reportOf(results.slice(0, 10))))[9]?.title).toContain('budget 9');
});

test('an image that keeps its budgets has no annotations', () => {
  expect(githubAnnotations(reportOf([resultOf({ level: 'pass', evidence: [] })]))).toBe('');
});

test.each(HOSTILE_NAMES)('the name %j begins no command', (path) => {
  const report = reportOf([
    resultOf({ title: path, reason: path, evidence: [evidenceOf({ path, instruction: path, note: path })] }),
  ]);
  const commands = commandsIn(githubAnnotations(report));
  expect(commands).toHaveLength(1);
  expect(commands[0]?.kind).toBe('error');
  // The reason and one path.
  expect(commands[0]?.message.split('\n')).toHaveLength(2);
  if (!/\p{C}/u.test(path)) expect(commands[0]?.message).toContain(path);
});
