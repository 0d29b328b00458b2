import { spawnSync } from 'node:child_process';
import { textOf } from '@layers/testing/documentation/blocks';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ROWS, type Row } from './docs-coming-from.ts';
import { type Folder, type Machine, startMachine } from './docs-machine.ts';

/** The tables of docs/coming-from: the command of the other tool and ours do the same. */
const socket = inject('dockerSocket');
const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Returns the rows of a page: the commands of both cells. */
function rowsOf(page: string): (readonly [theirs: string, ours: string])[] {
  return [...textOf(`docs/coming-from/${page}.md`).matchAll(/^\| (.+) \| (.+) \|$/gm)].flatMap(
    ([, left = '', right = '']) => {
      const spans = [left, right].map((cell) =>
        [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
      );
      const theirs = spans[0]?.[0];
      return theirs === undefined
        ? []
        : [[theirs, spans[1]?.find((code) => code.startsWith('layers')) ?? ''] as const];
    },
  );
}

describe.skipIf(socket === '')('coming from', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine(socket);
  });
  afterAll(() => machine?.stop());

  describe.each(Object.entries(ROWS))('%s', (page, known) => {
    let folder: Folder;
    beforeAll(async () => {
      folder = await machine.folder(page);
    });

    it('has no other rows', () => {
      const found = rowsOf(page).map(([theirs]) =>
        Object.keys(known).find((start) => theirs.startsWith(start)),
      );
      expect(found).toEqual(Object.keys(known));
    });

    const filled = (line: string, { words = {} }: Row): string =>
      Object.entries(words).reduce(
        (text, [word, value]) => text.replaceAll(new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'g'), value),
        line,
      );

    async function printed(line: string, row: Row, side: 'theirs' | 'ours'): Promise<unknown> {
      if (row.before !== undefined) await printedBy(row.before, row, side);
      const args = row[side];
      const done = await printedBy(`${filled(line, row)} ${args ?? ''}`, row, side);
      if (row.after === undefined) return row.part === undefined ? done : row.part(done);
      return printedBy(row.after.replaceAll('OUT', row.out?.[side] ?? ''), row, side);
    }

    async function printedBy(line: string, row: Row, side: 'theirs' | 'ours'): Promise<string> {
      const { status, stdout, stderr } = await folder.run(
        line.replaceAll('SIDE', side).replaceAll('REG', machine.registry),
      );
      expect([line, status, stderr]).toEqual([line, row.status ?? 0, expect.not.stringMatching(/^error/m)]);
      return stdout.trim();
    }

    it.each(rowsOf(page))('%s', async (theirs, ours) => {
      const [, row] = Object.entries(known).find(([start]) => theirs.startsWith(start)) ?? [];
      if (row === undefined) throw new Error(`nothing says how to compare ${theirs}`);
      if (row.without === 'ours') return;
      const own = await printed(ours, row, 'ours');
      // The program that the row begins with, after variables.
      const program = /^(?:\w+=\S+ )*(\S+)/.exec(theirs)?.[1] ?? '';
      if (row.without === 'theirs' || !isInstalled(program)) return;
      expect(own).toEqual(await printed(theirs, row, 'theirs'));
    });
  });
});
