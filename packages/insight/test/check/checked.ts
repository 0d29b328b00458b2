import { analyse } from '@layers/core/analysis';
import { type CheckOptions, type CheckReport, checkDocument } from '@layers/insight/check';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import type { CheckResult } from '../../src/check/report.ts';

/** A layer, and the instruction that made it. */
export type Step = readonly [instruction: string, files: readonly EntrySpec[]];

/** Returns an archive of an image that these steps made. */
export function imageOf(steps: readonly Step[], config: Readonly<Record<string, unknown>> = {}): Buffer {
  return buildDockerArchive(
    {
      images: [
        {
          tags: ['app:1'],
          layers: steps.map(([, files]) => buildTar([...files])),
          config: { history: steps.map(([created_by]) => ({ created_by })), config },
        },
      ],
    },
    { form: 'legacy', compression: null },
  );
}

/** Checks an image that these steps made. */
export async function checked(
  scratch: Scratch,
  steps: readonly Step[],
  options: CheckOptions,
  config: Readonly<Record<string, unknown>> = {},
): Promise<CheckReport> {
  const image = await readOne({ path: scratch.file(imageOf(steps, config)) });
  return checkDocument(analyse(image), options);
}

/** Returns the only result of a report. */
export function onlyResult({ results }: CheckReport): CheckResult {
  const [first, ...others] = results;
  if (first === undefined || others.length > 0) throw new Error(`${results.length} results`);
  return first;
}
