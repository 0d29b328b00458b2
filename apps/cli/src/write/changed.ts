import type { Ignorable } from '@layers/core/diff';
import type { ReadImage } from '@layers/core/image';
import type { NewImage } from '@layers/rewrite/image';

/** An image before and after a change. */
export interface Changed {
  readonly before: ReadImage;
  readonly after: NewImage;
  /** Intended differences of the root file system, which `--check` ignores; none by default. */
  readonly intended?: readonly Ignorable[];
}
