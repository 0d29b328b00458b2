import { catFile } from '@layers/core/analysis';
import { CommandError } from '../command-error.js';
import { ExitStatus } from '../exit-status.js';
import { withAnalysis } from '../input/inputs.js';
import { createTextCheck } from '../output/text-check.js';
import { writeChunk } from '../output/write-out.js';
import type { ImageFlags, Session } from '../program/session.js';

export interface CatFlags extends ImageFlags {
  readonly layer?: number;
  readonly force?: boolean;
}

/** Runs `layers cat`: prints a file, also one that later layers deleted. */
export function cat(image: string, path: string, flags: CatFlags, session: Session): Promise<ExitStatus> {
  const { stdout, signal } = session;
  return withAnalysis(image, flags, session, { contents: true }, async (analysis) => {
    const isText = stdout.isTTY && flags.force !== true ? createTextCheck() : () => true;
    for await (const chunk of catFile(analysis, { path, layer: flags.layer })) {
      signal.throwIfAborted();
      if (!isText(chunk)) {
        throw new CommandError('ERR_LAYERS_TERMINAL', `${path} is binary: not written to a terminal`, {
          hint: 'redirect it to a file or a pipe, or add --force',
        });
      }
      await writeChunk(stdout, chunk);
    }
    return ExitStatus.done;
  });
}
