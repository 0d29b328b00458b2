import { describe, expect, it } from 'vitest';
import { explorerOf, press } from '../support/explored.ts';

const file = (path: string, text: string, more: object = {}) => ({ path, data: Buffer.from(text), ...more });

const STACK = [
  [file('a', 'one'), file('b', 'b'), file('gone', 'x')],
  [file('a', 'two!', { mode: 0o755, uid: 7 }), { path: '.wh.gone' }],
  [file('a', 'three', { mode: 0o755, uid: 7 }), file('new', 'n')],
];

/** Returns the effect of `d` on a path. */
async function difference(keys: readonly string[], name: string) {
  const explorer = await explorerOf(STACK);
  const effect = press(explorer, [...keys, '/', ...name, 'enter', 'd']);
  return { effect, message: explorer.message?.text };
}

const versions = (before: number | null, after: number | null) => ({
  before: before === null ? null : expect.objectContaining({ layer: before }),
  after: after === null ? null : expect.objectContaining({ layer: after }),
});

describe('the difference of a file and its previous version', () => {
  it('is that of the version before, in the final file system', async () => {
    const { effect } = await difference([], 'a');
    expect(effect).toMatchObject({ kind: 'difference', versions: versions(1, 2) });
  });

  it('is that of the version before the layer, with the attributes that differ', async () => {
    const { effect } = await difference([']', ']'], 'a');
    expect(effect).toMatchObject({
      versions: versions(0, 1),
      head: [
        'before  layer 0  3',
        'after   layer 1  4',
        'mode     f644 (0644) -> f755 (0755)',
        'owner    0:0 -> 7:0',
      ],
    });
  });

  it('is that of the version before all layers whose changes are shown', async () => {
    const { effect } = await difference(['G', 'm', '[', 'c'], 'a');
    expect(effect).toMatchObject({ versions: versions(0, 2) });
  });

  it('has no version after the layer that deletes the file', async () => {
    const { effect } = await difference([']', ']'], 'gone');
    expect(effect).toMatchObject({
      versions: versions(0, null),
      head: ['before  layer 0  1', 'after   layer 1 deleted it'],
    });
  });

  it('does not exist where there is one version', async () => {
    expect(await difference([], 'new')).toEqual({
      effect: null,
      message: 'there is no earlier version of this file',
    });
    const explorer = await explorerOf(STACK);
    const effect = press(explorer, ['/', 'a', 'enter', 'enter']);
    expect(effect).toMatchObject({ kind: 'view', difference: { kind: 'difference' } });
  });
});
