import { LayersError } from '@layers/errors';

/** The part of a tar in which it ends too early. */
export type TruncatedPart = 'header' | 'extension header' | 'sparse map' | 'file';

/** Creates the error for a tar that ends at `end`, inside a part that starts at `offset`; both in bytes. */
export function truncatedTar(offset: number, part: TruncatedPart, end: number): LayersError {
  return new LayersError(
    'ERR_LAYERS_TAR_TRUNCATED',
    `truncated: the archive ends at byte ${end}, inside the ${part} that starts at byte ${offset}`,
    { offset, hint: 'the copy or download is incomplete: copy or download the file again' },
  );
}
