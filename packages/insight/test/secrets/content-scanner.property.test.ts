import { runs } from '@layers/testing/random-runs';
import { POSITIVE } from '@layers/testing/secret-samples';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildAutomaton } from '../../src/secrets/scan/keyword-automaton.ts';
import { findKeywords } from '../../src/secrets/scan/keyword-hits.ts';
import { windowsOf } from '../../src/secrets/scan/windows.ts';
import { scanned } from './scanned.ts';

const texts = POSITIVE.filter(({ path }) => path === undefined).map(({ text }) => text);

describe('a content in pieces', () => {
  it('has the same secrets wherever the pieces end', () => {
    const filler = fc.string({ maxLength: 60 }).map((text) => `\n${text.replace(/[^ -~]/g, ' ')}\n`);
    const parts = fc.array(fc.tuple(filler, fc.constantFrom(...texts)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.array(fc.nat(4000), { maxLength: 20 }), (list, cuts) => {
        const content = Buffer.from(list.flat().join('\n'));
        const inside = cuts.filter((cut) => cut > 0 && cut < content.length);
        expect(scanned(content, { cuts: inside })).toEqual(scanned(content));
      }),
      { numRuns: runs(300, 20_000) },
    );
  });

  it('has a secret at every place around the end of the buffer', () => {
    const secret = texts[0] ?? '';
    for (let before = 512 * 1024 - secret.length - 3; before < 512 * 1024 + 3; before += 3) {
      const content = Buffer.concat([
        Buffer.alloc(before, '.\n'),
        Buffer.from(secret),
        Buffer.alloc(70_000, ' '),
      ]);
      const found = scanned(content, { cuts: [100_000, 300_000, 512 * 1024 + 20] });
      expect(found.map(({ rule, line }) => [rule, line])).toEqual([
        ['github-token', Math.floor(before / 2) + 1],
      ]);
    }
  });

  it('has a private key across the end of the buffer', () => {
    const key = POSITIVE.find(({ rule }) => rule === 'private-key')?.text ?? '';
    for (const before of [512 * 1024 - 900, 512 * 1024 - 500, 512 * 1024 - 20, 512 * 1024 - 1]) {
      const content = Buffer.concat([Buffer.alloc(before, '\n'), Buffer.from(key), Buffer.alloc(3, '\n')]);
      const [found] = scanned(content, { cuts: [7] });
      expect(found?.secret).toBe(scanned(key)[0]?.secret);
      expect(found?.isWhole).toBe(true);
    }
  });
});

describe('the automaton', () => {
  it('finds what a search for each keyword finds', () => {
    const letters = fc.constantFrom('a', 'b', 'A', 'B', '-', '\0');
    const word = (maxLength: number) =>
      fc.array(letters, { minLength: 1, maxLength }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(word(5), { minLength: 1, maxLength: 8 }), word(60), (keywords, text) => {
        const automaton = buildAutomaton(keywords.map((keyword) => Buffer.from(keyword)));
        const hits = { keywords: [], ends: [] };
        findKeywords(automaton, Buffer.from(text), { from: 0, to: text.length }, 0, hits);
        const found = hits.ends.map((end, i) => `${end} ${hits.keywords[i]}`).sort();
        const expected = keywords.flatMap((keyword, i) =>
          Array.from({ length: text.length }, (_, at) => at)
            .filter((at) => text.toLowerCase().startsWith(keyword.toLowerCase(), at))
            .map((at) => `${at + keyword.length} ${i}`),
        );
        expect(found).toEqual(expected.sort());
      }),
      { numRuns: runs(500, 50_000) },
    );
  });
});

describe('windows', () => {
  it('contain every part of half their length, and at most twice the bytes', () => {
    const range = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 4, max: 80 }),
        (list, length) => {
          const ranges = list
            .map(([from, size]) => ({ from, to: from + size }))
            .sort((a, b) => a.from - b.from);
          const windows = windowsOf(ranges, length, 0);
          const half = Math.floor(length / 2);
          for (const { from, to } of ranges) {
            for (let at = from; at < to; at++) {
              const end = Math.min(to, at + half);
              expect(windows.some((window) => window.from <= at && window.to >= end)).toBe(true);
            }
          }
          for (const { from, to } of windows) expect(to - from).toBeLessThanOrEqual(length);
        },
      ),
      { numRuns: runs(300, 20_000) },
    );
  });
});
