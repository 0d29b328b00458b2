import type { ReadOptions } from '@layers/core/image';
import { createProgress, type Feedback, showsProgress } from '../output/progress.js';
import type { Session } from '../session.js';

export interface WorkOptions extends Pick<ReadOptions, 'signal' | 'onProgress'> {
  /** Names the current step. */
  begin(what: string): void;
  /** Called at the first failure, to end what else is read. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** Runs work that writes, with a progress bar if it takes long and the user may want one. */
export async function withWriteProgress<Result>(
  feedback: Feedback,
  { stderr, signal }: Session,
  work: (options: WorkOptions) => Promise<Result>,
): Promise<Result> {
  const wanted = showsProgress(feedback, stderr);
  const progress = createProgress(stderr, wanted);
  signal.addEventListener('abort', progress.stop);
  try {
    return await work({
      signal,
      begin: progress.begin,
      ...(wanted ? { onProgress: progress.update } : {}),
    });
  } finally {
    progress.stop();
    signal.removeEventListener('abort', progress.stop);
  }
}
