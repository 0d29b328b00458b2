import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, blocksOf } from '@layers/testing/documentation/blocks';
import { blocksFor, commandsOf, SERVICES } from '@layers/testing/documentation/runners';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Folder, type Machine, startMachine } from './docs-machine.ts';

/** The commands of the pages that need registries, a Docker Engine, Redis or another tool, in the order of the pages. */
const socket = inject('dockerSocket');
const isRecipe = (page: string): boolean => page.startsWith('docs/recipes/');

/** Commands whose status 1 is an answer. */
const ANSWERS = /layers (?:diff|check|secrets|waste) /;

/** Lines that end with an error, which their page explains. */
const REFUSED: readonly (readonly [RegExp, RegExp])[] = [
  // Debian's registry, as many others, deletes by digest only.
  [/^layers rm docker:\/\/\S+:1\.0$/, /^hint: layers rm docker:\/\/\S+@sha256:/m],
];

describe.skipIf(socket === '')('the pages', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine(socket);
  });
  afterAll(() => machine?.stop());

  it.each([...blocksFor(SERVICES)])('%s', async (page, blocks) => {
    const folder = await machine.folder(page.replaceAll('/', '-'));
    // A recipe begins with an empty store.
    if (isRecipe(page)) rmSync(join(folder.path, 'store'), { recursive: true });
    // The commands of a recipe need what those before them made.
    const all = isRecipe(page) ? blocksOf(page) : blocks;
    for (const block of all) {
      if (block.language === 'console') await compareOutput(block, folder);
      else if (block.language === 'sh') await runCommands(block, folder);
    }
    rmSync(folder.path, { recursive: true, force: true });
  });

  async function runCommands(block: Block, folder: Folder): Promise<void> {
    let lastError = '';
    for (const line of commandsOf(block)) {
      // The digest that the page shows is that of the image that the line before did not delete.
      const digest = /@(sha256:\w+)/.exec(lastError)?.[1];
      const here = digest === undefined ? line : line.replace(/@sha256:\w+/, `@${digest}`);
      const { status, stderr } = await folder.run(here);
      lastError = stderr;
      const refused = REFUSED.find(([each]) => each.test(line));
      if (refused !== undefined) expect([line, stderr]).toEqual([line, expect.stringMatching(refused[1])]);
      else
        expect([line, status, stderr]).toEqual([
          line,
          ANSWERS.test(line) ? expect.toBeOneOf([0, 1]) : 0,
          expect.not.stringMatching(/^error|not found$/m),
        ]);
    }
  }

  /** Compares what a block shows with what is printed. A line `…` stands for any lines. */
  async function compareOutput({ code }: Block, folder: Folder): Promise<void> {
    for (const step of code.split(/^\$ /m).slice(1)) {
      const [line = '', ...expected] = step.trimEnd().split('\n');
      const { stdout, stderr } = await folder.run(line);
      const printed = (stdout + stderr).replaceAll(machine.registry, 'localhost:5000').trimEnd();
      const escaped = expected.map((each) =>
        each === '…' ? '[^]*' : each.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      );
      expect([line, printed]).toEqual([line, expect.stringMatching(new RegExp(`^${escaped.join('\n')}$`))]);
    }
  }
});
