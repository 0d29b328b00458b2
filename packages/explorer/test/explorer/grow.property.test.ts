import { NONE, nodePath } from '@layers/core/rootfs';
import { Explorer } from '@layers/explorer';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { latin1 } from '@layers/testing/naive-union';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exploredOf, explorerOf, press, screen } from '../support/explored.ts';
import { plainFormat } from '../support/plain-format.ts';

const pathOf = ({ index, panes }: Explorer): string | null =>
  panes.tree.node === NONE ? null : latin1(nodePath(index.events.union, panes.tree.node));

test('an image of which more layers are read is as one that was read before, with the same selection', async () => {
  const moves = fc.array(fc.constantFrom('j', 'k', ' ', 'G', 's', 'tab', ']', '[', 'c'), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(layerStack, fc.nat({ max: 3 }), moves, async (stack, part, keys) => {
      const readLayers = Math.min(part, stack.length);
      const lower = await exploredOf(stack, readLayers);
      const explorer = new Explorer(lower, plainFormat);
      press(explorer, ['tab', 'E', ...keys]);
      const selected = pathOf(explorer);
      explorer.grow(await exploredOf(stack, stack.length, lower.events));
      press(explorer, []);
      const { tree } = explorer.panes;
      if (selected !== null && tree.node !== NONE) {
        const isShown = tree.tree?.rows.some(
          (row) => latin1(nodePath(explorer.index.events.union, row)) === selected,
        );
        if (isShown === true) expect(pathOf(explorer)).toBe(selected);
      }
      const whole = await explorerOf(stack);
      press(whole, ['tab', 'E', ...keys]);
      for (const each of [explorer, whole]) {
        while (each.panes.focus !== 'tree') press(each, ['tab']);
        press(each, ['E', 'g']);
      }
      expect(screen(explorer, 100, 40)).toEqual(screen(whole, 100, 40));
    }),
    { numRuns: runs(20, 300) },
  );
});

test('layers that are not read yet have their instructions, and what is declared', async () => {
  const stack = [[{ path: 'a', data: Buffer.alloc(5) }], [{ path: 'b', data: Buffer.alloc(7) }]];
  const explorer = new Explorer(await exploredOf(stack, 1), plainFormat);
  press(explorer, ['j', 'j']);
  expect(screen(explorer, 76, 12)).toEqual([
    ' image.tar  app:1  1 of 2 layers read, 5 in 1 file, 2 layers, wasted 0',
    '[Layers]                      | Files after layer 1, its changes',
    '    #  Content  Instruction   |        Size  Name',
    '  all        5  final file sy~|  not read yet',
    '    0        5  RUN step 0    |',
    '>   1      ...  RUN step 1    |',
    '                              |',
    '                              |',
    '                              |',
    '                              |',
    '                              |',
    '? help  q quit  Tab panes  / search  f filter  Enter view  d difference',
  ]);
  expect(press(explorer, ['W'])).toBe(null);
  expect(explorer.message?.text).toBe('wait until all layers are read');
});
