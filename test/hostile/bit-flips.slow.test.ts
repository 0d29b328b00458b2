import { isTarHeader } from '@layers/tar';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { answerOf, pipe } from './support/answer.ts';
import { CORPUS } from './support/corpus.ts';
import { createRandom } from './support/random.ts';
import { seal } from './support/tar-bytes.ts';

const scratch = useScratch();
const FLIPS = runs(350, 100_000);
const forms = Object.entries(CORPUS);

/** Start and length of the header fields that decide how the next bytes are read (POSIX pax). */
const FIELDS = [
  [0, 100],
  [100, 24],
  [124, 12],
  [136, 12],
  [156, 1],
  [157, 30],
  [257, 8],
  [345, 30],
] as const;

type Random = ReturnType<typeof createRandom>;

function flipBit(bytes: Buffer, random: Random): string {
  const at = random(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
  return `a bit at ${at}`;
}

/** Changes a header and its checksum, so that the checksum does not detect the change. */
function changeHeader(bytes: Buffer, random: Random): string {
  const headers: number[] = [];
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (isTarHeader(bytes.subarray(at, at + 512))) headers.push(at);
  }
  const at = headers[random(headers.length)];
  const [start, length] = FIELDS[random(FIELDS.length)] ?? [0, 1];
  if (at === undefined) return flipBit(bytes, random);
  const place = at + start + random(length);
  bytes[place] = random(3) === 0 ? random(256) : (bytes[place] ?? 0) ^ (1 << random(8));
  seal(bytes.subarray(at, at + 512));
  return `byte ${place - at} of the header at ${at} made ${bytes[place]}`;
}

describe.each([
  ['one flipped bit', flipBit],
  ['one changed byte of a header with a correct checksum', changeHeader],
] as const)('%s', (_, damage) => {
  test.each(forms)(
    'gives a result or an error, the same from a file and from a pipe: %s',
    async (__, bytes) => {
      const random = createRandom(bytes.length);
      for (let run = 0; run < FLIPS / forms.length; run++) {
        const damaged = Buffer.from(bytes);
        const what = damage(damaged, random);
        const path = scratch.file(damaged, 'flipped');
        const fromFile = await answerOf(() => ({ path }));
        expect(await answerOf(() => pipe(damaged, run)), what).toEqual(fromFile);
      }
    },
    20 * 60_000,
  );
});
