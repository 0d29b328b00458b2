import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';
import { encodeIndex } from '../../../src/compression/indexed/index-format.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { chunksOf, concat, made } from '../support.ts';
import { checkReads, indexOf, KIB, mixture } from './support.ts';

const SPACINGS = [64 * KIB, 300 * KIB, 1024 * KIB, 4096 * KIB];

const bytes = mixture(24_000 * KIB);
const parts = [...chunksOf(bytes, 700 * KIB)];

const scratch = useScratch();

/** Compresses standard input with the package of crane, docker and buildkit. */
const GO_WRITER = `package main

import (
	"compress/gzip"
	"io"
	"os"
	"strconv"
)

func main() {
	level, _ := strconv.Atoi(os.Args[1])
	writer, err := gzip.NewWriterLevel(os.Stdout, level)
	if err != nil {
		panic(err)
	}
	if _, err := io.Copy(writer, os.Stdin); err != nil {
		panic(err)
	}
	writer.Close()
}
`;

let goWriter = '';

function madeByGo(level: number): Uint8Array {
  if (goWriter === '') {
    goWriter = join(scratch.folder, 'go-writer');
    const source = `${goWriter}.go`;
    writeFileSync(source, GO_WRITER);
    const { status, stderr } = spawnSync('go', ['build', '-o', goWriter, source], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
  return made(goWriter, [String(level)], bytes);
}

const WRITERS = [
  { writer: 'gzip -1', program: 'gzip', blob: () => made('gzip', ['-1'], bytes) },
  { writer: 'gzip -9', program: 'gzip', blob: () => made('gzip', ['-9'], bytes) },
  { writer: 'gzip --rsyncable', program: 'gzip', blob: () => made('gzip', ['--rsyncable'], bytes) },
  { writer: 'igzip -0', program: 'igzip', blob: () => made('igzip', ['-0', '-c', '-'], bytes) },
  { writer: 'igzip -3', program: 'igzip', blob: () => made('igzip', ['-3', '-c', '-'], bytes) },
  { writer: 'Go, level 1', program: 'go', blob: () => madeByGo(1) },
  { writer: 'Go, level 6', program: 'go', blob: () => madeByGo(6) },
  { writer: 'Go, Huffman codes alone', program: 'go', blob: () => madeByGo(-2) },
  { writer: 'pigz --rsyncable', program: 'pigz', blob: () => made('pigz', ['--rsyncable'], bytes) },
  { writer: 'pigz', program: 'pigz', blob: () => made('pigz', ['-p', '4'], bytes) },
  {
    writer: 'pigz with independent blocks',
    program: 'pigz',
    blob: () => made('pigz', ['-i', '-b', '128'], bytes),
  },
  {
    writer: 'pigz -11',
    program: 'pigz',
    blob: () => made('pigz', ['-11', '-I', '1'], bytes.subarray(0, 2000 * KIB)),
  },
  {
    writer: 'gzip, many members',
    program: 'gzip',
    blob: () => concat(...parts.map((part) => made('gzip', [], part))),
  },
  { writer: 'zstd', program: 'zstd', blob: () => made('zstd', ['-3'], bytes) },
  {
    writer: 'zstd, many frames',
    program: 'zstd',
    blob: () => concat(...parts.map((part) => made('zstd', ['-5'], part))),
  },
] as const;

describe.each(WRITERS)('an index of the output of $writer', ({ writer, program, blob }) => {
  test('reads as the uncompressed bytes, at every spacing', needs(program), () => {
    const stored = blob();
    const all = writer === 'pigz -11' ? bytes.subarray(0, 2000 * KIB) : bytes;
    const compression = program === 'zstd' ? 'zstd' : 'gzip';
    for (const spacing of SPACINGS) {
      const index = indexOf(stored, compression, { spacing });
      expect(encodeIndex(index).length).toBeLessThan(all.length / 100 + 130 * KIB);
      // igzip -0 writes all data as one block, which has no other place to start at.
      const hasPoints = (compression === 'gzip' && writer !== 'igzip -0') || writer.endsWith('frames');
      const points = index.spans.filter((span) => span.point !== null).length;
      if (hasPoints) expect(points).toBeGreaterThan(Math.min(100, all.length / spacing) / 4);
      checkReads(inflatedSource(memorySource(stored), index), all, hasPoints ? runs(100, 5000) : 3);
    }
  });
});
