import { analyse } from '@layers/core/analysis';
import { changesetOf } from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { PathEvents } from '@layers/insight/events';
import { readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageReport } from '../../src/collect/index.ts';
import { decodeReport, encodeReport, REPORT_VERSION, type ReportData } from '../../src/data/index.ts';
import { cellOf, isLeaf, partsOf } from '../../src/view/cell.ts';
import { Paths } from '../../src/view/paths.ts';
import { Contents } from '../../src/view/picture.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

async function reportOf(stack: Parameters<typeof ociArchive>[0]) {
  const image = await readOne({ source: memorySource(ociArchive(stack)), path: 'image.tar' });
  const events = new PathEvents(image.layers.map(changesetOf));
  const analysis = analyse(image, events.union);
  const documents = { advice: null, duplicates: null, packages: null };
  return imageReport(analysis, events, { ...documents, baseLayers: 0, ownerOf: () => null, redact: null });
}

function bytesBelow(data: ReportData, isWanted: (item: number) => boolean): number {
  const { bytes } = data.columns;
  return sum([...bytes].filter((_, item) => isWanted(item)));
}

function encoded(data: ReportData): Uint8Array {
  return Uint8Array.from(Buffer.concat(Array.from(encodeReport(data), (chunk) => Uint8Array.from(chunk))));
}

describe('a report of random layers', () => {
  it('has each content once: its bytes are those of inspect, as a whole and by layer', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, async (stack) => {
        const data = await reportOf(stack);
        const { inspect } = data.facts;
        const { layer, waste } = data.columns;
        expect(bytesBelow(data, () => true)).toBe(inspect.totals.contentBytes);
        expect(bytesBelow(data, (item) => waste[item] !== 0)).toBe(inspect.totals.wastedBytes);
        for (const report of inspect.layers) {
          const isHere = (item: number): boolean => layer[item] === report.layer;
          expect(bytesBelow(data, isHere)).toBe(report.contentBytes);
          expect(bytesBelow(data, (item) => isHere(item) && waste[item] !== 0)).toBe(report.wastedBytes);
        }
      }),
      { numRuns: runs(50, 2000) },
    );
  });

  it('is the same after it is written and read', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, async (stack) => {
        const data = await reportOf(stack);
        const decoded = decodeReport(encoded(data));
        expect(decoded.columns).toEqual(data.columns);
        expect(decoded.facts).toEqual(JSON.parse(JSON.stringify(data.facts)));
      }),
      { numRuns: runs(50, 2000) },
    );
  });

  it('is divided into parts that together have the bytes of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(layerStack, async (stack) => {
        const contents = new Contents(new Paths((await reportOf(stack)).columns));
        for (const layer of [-1, 0, 1]) {
          const queue = [cellOf(contents.setOf(layer), 0)];
          for (const cell of queue) {
            const parts = partsOf(cell);
            if (cell.to > cell.from && !isLeaf(cell))
              expect(sum(parts.map(({ bytes }) => bytes))).toBe(cell.bytes);
            queue.push(...parts);
          }
        }
      }),
      { numRuns: runs(50, 2000) },
    );
  });
});

describe('data of another version', () => {
  it('is refused', async () => {
    const data = await reportOf([]);
    const text = new TextDecoder('latin1').decode(encoded(data));
    const changed = text.replace(`"version":${REPORT_VERSION}`, '"version":9');
    const bytes = Uint8Array.from(changed, (character) => character.charCodeAt(0));
    expect(() => decodeReport(bytes)).toThrow('the data of the report has version 9');
  });
});
