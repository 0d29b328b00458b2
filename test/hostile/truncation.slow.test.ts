import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { answerOf, pipe } from './support/answer.ts';
import { CORPUS } from './support/corpus.ts';

const scratch = useScratch();

/** The end of every block, and positions within blocks. */
function cutsOf(bytes: Uint8Array): number[] {
  const cuts: number[] = [0, 1, 5, 17, 511];
  for (let at = 512; at < bytes.length; at += 512)
    cuts.push(at, ...(at % 2048 === 0 ? [at - 1, at + 13] : []));
  return cuts.filter((cut) => cut < bytes.length);
}

describe.each(Object.entries(CORPUS))('a truncated archive: %s', (_, bytes) => {
  test('gives an error with a code, or a result with findings; the same from a file and from a pipe', async () => {
    for (const cut of cutsOf(bytes)) {
      const part = bytes.subarray(0, cut);
      const path = scratch.file(part, 'cut');
      const fromFile = await answerOf(() => ({ path }));
      const fromPipe = await answerOf(() => pipe(part, cut));
      expect(fromPipe, `cut at ${cut}`).toEqual(fromFile);
      const { documents } = fromFile;
      if (documents['error'] === undefined) {
        expect(JSON.stringify(documents), `cut at ${cut}`).toMatch(/"findings":\[\{|"error"/);
      }
    }
  });
});
