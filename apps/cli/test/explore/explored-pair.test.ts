import { memorySource } from '@layers/core/io';
import { Explorer, frame } from '@layers/explorer';
import { readOne } from '@layers/testing/analysed';
import { ociArchive } from '@layers/testing/layer-parts';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { exploredPair } from '../../src/explore/explored-pair.ts';
import { formatOf } from '../../src/explore/format.ts';
import { listOf } from '../../src/explore/make-list.ts';
import { placeIn, sideOf } from '../../src/explore/sides.ts';
import { viewOf } from '../../src/output/view.ts';

const file = (path: string, text: string, more: object = {}) => ({ path, data: Buffer.from(text), ...more });

const BASE = [file('etc/os', 'debian'), file('etc/motd', 'hello')];
const A = [BASE, [file('app', 'one'), file('same', 'x'), file('lib/a', 'aaaa')]];
const B = [
  BASE,
  [file('app', 'two', { mode: 0o755 }), file('same', 'x', { mtime: 5 })],
  [{ path: 'etc/.wh.motd' }, file('lib/b', 'bb'), file('lib/a', 'aaab')],
];

const format = { ...formatOf(viewOf({}, {}, {})), unicode: false };
const { signal } = new AbortController();

async function opened(a: readonly EntrySpec[][], b: readonly EntrySpec[][]) {
  const read = (layers: readonly EntrySpec[][], path: string) =>
    readOne({ source: memorySource(ociArchive(layers)), path });
  const explored = await exploredPair(await read(a, 'a.tar'), await read(b, 'b.tar'), { signal });
  const explorer = new Explorer(explored.image, format);
  const press = (...keys: string[]) => {
    let effect: ReturnType<Explorer['update']> = null;
    for (const key of keys) {
      effect = explorer.update(key);
      while (!explorer.work(() => true));
      frame(explorer, 90, 20);
    }
    return effect;
  };
  const screen = (): string[] =>
    frame(explorer, 90, 18).map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  press('c', 'c');
  return { explored, explorer, press, screen };
}

describe('two images', () => {
  it('are shown with their layers, and with what differs', async () => {
    const { press, screen } = await opened(A, B);
    press('tab', 'E', 's');
    expect(screen().slice(0, 11)).toEqual([
      ' a.tar -> b.tar  -3 B, +1 ~2 -1, 1 layer shared',
      ' Layers                             |[Files of B, compared with A  by name]',
      '      #  Content   Wasted  Instruct~|        Size    Growth  Name',
      '>   A:B     -3 B           differen~| ~       3 B       0 B    app',
      '   = A0     11 B      0 B  STEP 0   |>       -5 B      -5 B  v etc/',
      '     A1      8 B      0 B  STEP 1   | -      -5 B      -5 B      motd',
      '   = B0     11 B      5 B  STEP 0   |         6 B      +2 B  v lib/',
      '     B1      4 B      0 B  STEP 1   | ~       4 B       0 B      a',
      '     B2      6 B      0 B  STEP 2   | +       2 B      +2 B      b',
      '                                    |',
      '                                    |',
    ]);
  });

  it('have details of both states, and what the layers of both did', async () => {
    const { press, screen } = await opened(A, B);
    press('tab', 'E', '/', 'a', 'p', 'p', 'enter', 'i');
    expect(screen().slice(0, 7)).toEqual([
      ' /app  1-5 of 5',
      ' -rwxr-xr-x (0755)  0:0  3 B  1970-01-01 00:00',
      ' content differs: d shows the difference',
      ' mode     -rw-r--r-- (0644) -> -rwxr-xr-x (0755)',
      ' layer B1  + added  3 B  STEP 1',
      ' layer A1  + added  3 B  STEP 1',
      '',
    ]);
  });

  it('have the changes of each layer as an image alone has them', async () => {
    const { press, screen } = await opened(A, B);
    press('j', 'j', 'tab', 'E');
    expect(screen().slice(1, 9)).toEqual([
      ' Layers                             |[Files after layer A1, its changes]',
      '      #  Content   Wasted  Instruct~|        Size   Share  Name',
      '    A:B     -3 B           differen~|>+       4 B  50.0 %  v lib/',
      '   = A0     11 B      0 B  STEP 0   | +       4 B  50.0 %      a',
      '>    A1      8 B      0 B  STEP 1   | +       3 B  37.5 %    app',
      '   = B0     11 B      5 B  STEP 0   | +       1 B  12.5 %    same',
      '     B1      4 B      0 B  STEP 1   |',
      '     B2      6 B      0 B  STEP 2   |',
    ]);
    // The lowest layer of B adds all that it has, also what A has.
    press('g', ']');
    expect(screen()[3]).toContain('+      11 B 100.0 %  v etc/');
  });

  it('have contents in their own layers', async () => {
    const { explored, press } = await opened(A, B);
    const effect = press('tab', 'E', '/', 'a', 'p', 'p', 'enter', 'd');
    expect(effect).toMatchObject({
      kind: 'difference',
      versions: { before: { layer: 1 }, after: { layer: 4 } },
    });
    if (effect?.kind !== 'difference') throw new Error('no difference');
    const [before, after] = [effect.versions.before, effect.versions.after].map((place) => {
      if (place === null) throw new Error('no version');
      const { image, place: own } = placeIn(explored, place);
      return [image.archive.source.path, own.layer];
    });
    expect([before, after]).toEqual([
      ['a.tar', 1],
      ['b.tar', 1],
    ]);
    expect(sideOf(explored, null).image.archive.source.path).toBe('b.tar');
    // A deleted file is extracted from A.
    expect(press('/', 'm', 'o', 't', 'd', 'enter', 'x', 'enter')).toMatchObject({
      kind: 'extract',
      layer: 1,
    });
  });

  it('have filters of the layers of each', async () => {
    const { explorer, press, screen } = await opened(A, B);
    press('tab', 'E', 'f', ...'layer:b2', 'enter');
    expect(screen()[1]).toContain('filter layer:b2  3 pat');
    press('f', 'ctrl-u', ...'layer:2', 'enter');
    expect(explorer.message?.text).toBe('layer:2: no layer has this name');
  });

  it('are compared after any two layers', async () => {
    const { explorer, press } = await opened(A, B);
    press('d');
    expect(explorer.message?.text).toContain('m marks a layer');
    press('j', 'm');
    expect(explorer.message?.text).toBe(
      'layer A0 is marked: select another for the changes of both and those between; d in the layers compares both',
    );
    expect(press('d')).toBe(null);
    expect(press('j', 'd')).toMatchObject({ kind: 'compare', range: { from: 1, to: 1 } });
    expect(press('G', 'd')).toMatchObject({ kind: 'compare', range: { from: 1, to: 5 } });
    expect(press('g', 'd')).toMatchObject({ kind: 'compare', range: { from: 1, to: 5 } });
  });
});

describe('lists about two images', () => {
  it('have the files of both, each with the name of its layer', async () => {
    const { press, screen } = await opened(A, B);
    press('F', 's');
    expect(screen().slice(0, 12)).toEqual([
      ' Files of all layers  11 versions  by path',
      '       Size  Layer  In the end                Path',
      '        3 B     A1  final                     /app',
      '        3 B     B1  final                     /app',
      '        5 B     A0  final                     /etc/motd',
      '        5 B     B0  deleted by B2, wasted     /etc/motd',
      '>       6 B     A0  final                     /etc/os',
      '        6 B     B0  final                     /etc/os',
      '        4 B     A1  final                     /lib/a',
      '        4 B     B2  final                     /lib/a',
      '        2 B     B2  final                     /lib/b',
      '        1 B     A1  final                     /same',
    ]);
  });

  it('are about B, or about the image whose layer is selected, and lead to its layers', async () => {
    const { explored, explorer, press, screen } = await opened(A, B);
    const show = async (layer: number | null): Promise<void> => {
      explorer.showList('waste', 'Waste', await listOf('waste', sideOf(explored, layer), explorer, signal));
      while (!explorer.work(() => true));
    };
    await show(null);
    expect(screen()[0]).toBe(' B  Waste  5 B of 21 B  efficiency 76.1 %');
    press('E', 'j', 'O');
    expect(explorer.message?.text).toBe('wasted by layer B2: STEP 2');
    expect(screen()[1]).toContain('Files after layer B2');
    press('g', 'tab', 'g', 'j');
    expect(press('W')).toEqual({ kind: 'report', report: 'waste' });
    await show(explorer.panes.layers.layer);
    expect(screen()[0]).toBe(' A  Waste  0 B of 19 B  efficiency 100.0 %');
  });

  it('have wasted bytes in the tree for B, and for the selected layer of either', async () => {
    const { press, screen } = await opened(A, B);
    press('b', 'E');
    expect(screen()[1]).toContain('Files wasted bytes of B');
    expect(screen()[3]).toMatch(/5 B +100\.0 % {2}v etc\//);
    expect(screen()[4]).toMatch(/5 B +100\.0 % {6}motd$/);
    press('j');
    expect(screen()[3]).toContain('nothing is wasted');
  });
});
