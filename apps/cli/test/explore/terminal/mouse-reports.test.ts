import { expect, it } from 'vitest';
import { MouseReports } from '../../../src/explore/terminal/mouse-reports.ts';

/** Returns what is read, with keys as text and the mouse as short text. */
function read(reports: MouseReports, ...chunks: readonly string[]): string[] {
  return chunks.flatMap((chunk) =>
    Array.from(reports.push(Buffer.from(chunk, 'latin1')), (part) =>
      'kind' in part ? `<${part.kind} ${part.column},${part.row}>` : Buffer.from(part).toString('latin1'),
    ),
  );
}

it('separates clicks and the wheel from keys', () => {
  const bytes = 'a\x1b[<0;5;3Mb\x1b[<64;1;1M\x1b[<65;80;24M\x1b[A';
  expect(read(new MouseReports(), bytes)).toEqual([
    'a',
    '<click 4,2>',
    'b',
    '<wheel-up 0,0>',
    '<wheel-down 79,23>',
    '\x1b[A',
  ]);
});

it('reads reports in pieces, wherever they are cut', () => {
  const bytes = 'x\x1b[<0;12;7My\x1b[<65;3;4Mz';
  const whole = ['x', '<click 11,6>', 'y', '<wheel-down 2,3>', 'z'];
  for (let first = 0; first <= bytes.length; first++)
    for (let second = first; second <= bytes.length; second++) {
      const parts = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
      expect(read(new MouseReports(), ...parts)).toEqual(whole);
    }
});

it('takes two clicks at one place, soon after each other, for a double click', () => {
  let time = 0;
  const reports = new MouseReports(() => time);
  const click = (column: number): string[] => read(reports, `\x1b[<0;${column};1M\x1b[<0;${column};1m`);
  expect(click(1)).toEqual(['<click 0,0>']);
  time += 100;
  expect(click(1)).toEqual(['<double-click 0,0>']);
  expect(click(1)).toEqual(['<click 0,0>']);
  expect(click(2)).toEqual(['<click 1,0>']);
  time += 1000;
  expect(click(2)).toEqual(['<click 1,0>']);
});

it('drops other buttons, releases, motion, and what is no report', () => {
  const others = ['\x1b[<2;1;1M', '\x1b[<0;1;1m', '\x1b[<32;1;1M', '\x1b[<35;1;1M', '\x1b[<66;1;1M'];
  const wrong = ['\x1b[<M', '\x1b[<0;0;1M', '\x1b[<0;1M', '\x1b[<0;1;1~', `\x1b[<0;${'9'.repeat(20)};1M`];
  expect(read(new MouseReports(), [...others, ...wrong].join(''))).toEqual([]);
  expect(read(new MouseReports(), '\x1b[<4;2;2M')).toEqual(['<click 1,1>']);
});

it('keeps no more of an endless report than its start, and reads keys after it', () => {
  const reports = new MouseReports();
  const digits = '1;'.repeat(500);
  expect(read(reports, '\x1b[<', ...Array.from({ length: 100 }, () => digits))).toEqual([]);
  expect(reports.hasPending).toBe(false);
  expect(read(reports, 'Mq')).toEqual(['q']);
});

it('gives back the escape key when nothing follows it', () => {
  const reports = new MouseReports();
  expect(read(reports, 'a\x1b')).toEqual(['a']);
  expect(Buffer.from(reports.flush()).toString()).toBe('\x1b');
  expect(read(reports, '[A')).toEqual(['[A']);
});
