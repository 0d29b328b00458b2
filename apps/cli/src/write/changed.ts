import type { Ignorable } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import type { RechunkReport } from '@layers/rewrite/change';
import type { NewImage } from '@layers/rewrite/image';

/** An image before and after a change. */
export interface Changed {
  readonly before: ReadImage;
  readonly after: NewImage;
  /** Intended differences of the root file system, which `--check` ignores; none by default. */
  readonly intended?: readonly Ignorable[];
  /** What new layers achieve, where the change distributes files to layers. */
  readonly rechunk?: RechunkReport;
}
