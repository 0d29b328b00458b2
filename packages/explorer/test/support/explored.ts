import { type Analysis, analyse, inspectDocument } from '@layers/core/analysis';
import { changesetOf } from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { type ExploredImage, Explorer } from '@layers/explorer';
import { PathEvents } from '@layers/insight/events';
import { readOne } from '@layers/testing/analysed';
import { ociArchive } from '@layers/testing/layer-parts';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { frame } from '../../src/explorer/frame.ts';
import { plainFormat } from './plain-format.ts';

/** Returns what layers of these entries do to each path. */
export async function eventsOf(stack: readonly (readonly EntrySpec[])[]): Promise<PathEvents> {
  const image = await readOne({ source: memorySource(ociArchive(stack)), path: 'image.tar' });
  return new PathEvents(image.layers.map(changesetOf));
}

/** Returns an image with layers of these entries, of which the lowest are read, after what was read before. */
export async function exploredOf(
  stack: readonly (readonly EntrySpec[])[],
  readLayers = stack.length,
  lower: PathEvents | null = null,
): Promise<ExploredImage> {
  const bytes = ociArchive(stack);
  const image = await readOne({ source: memorySource(bytes), path: 'image.tar' });
  const part = { ...image, layers: image.layers.slice(0, readLayers) };
  const events = new PathEvents(part.layers.map(changesetOf), lower);
  const { totals } = inspectDocument(analyse(part, events.union), { top: 0 });
  const { layers } = inspectDocument(analyse(image), { top: 0 });
  const { rootfsBytes, wastedBytes, efficiency, files } = totals;
  return {
    title: 'image.tar  app:1',
    events,
    layers: layers.map((layer, i) => ({ ...layer, instruction: `RUN step ${i}` })),
    readLayers,
    rootfsBytes,
    wastedBytes,
    efficiency,
    files,
    facts: ['facts of the image'],
  };
}

/** Returns an explorer of an image with layers of these entries. */
export async function explorerOf(stack: readonly (readonly EntrySpec[])[]): Promise<Explorer> {
  const explorer = new Explorer(await exploredOf(stack), plainFormat);
  finish(explorer);
  return explorer;
}

/** Returns an explorer of an image with layers of these entries, and the analysis of the image. */
export async function analysedOf(
  stack: readonly (readonly EntrySpec[])[],
): Promise<{ readonly explorer: Explorer; readonly analysis: Analysis }> {
  const image = await readOne({ source: memorySource(ociArchive(stack)), path: 'image.tar' });
  return { explorer: await explorerOf(stack), analysis: analyse(image) };
}

/** Presses keys, with all their work done; returns the last effect. */
export function press(explorer: Explorer, keys: readonly string[]): ReturnType<Explorer['update']> {
  let effect: ReturnType<Explorer['update']> = null;
  for (const key of keys) {
    effect = explorer.update(key);
    finish(explorer);
    frame(explorer, 80, 20);
  }
  return effect;
}

/** Returns the screen as text, without the blanks at the ends of lines. */
export function screen(explorer: Explorer, width: number, height: number): string[] {
  return frame(explorer, width, height).map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
}

function finish(explorer: Explorer): void {
  // Every step is a slice of its own.
  while (!explorer.work(() => true));
}
