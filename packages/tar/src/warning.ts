/** A fault that a reader tolerated. */
export interface TarWarning {
  readonly code: TarWarningCode;
  /** Position in the tar, in bytes. */
  readonly offset: number;
  /** One sentence for people. */
  readonly message: string;
}

/** What a {@link TarWarning} is about. */
export type TarWarningCode =
  | 'tar-bad-number'
  | 'tar-bad-pax-record'
  | 'tar-size-on-bodiless-entry'
  | 'tar-lone-zero-block'
  | 'tar-no-end-marker'
  | 'tar-padding-missing'
  | 'tar-unknown-type'
  | 'tar-dangling-extension';

/** Receives the faults that a reader tolerates. */
export type OnWarning = (warning: TarWarning) => void;

/** Reports a last file whose padding is missing. */
export function warnOfMissingPadding(offset: number, onWarning: OnWarning): void {
  onWarning({
    code: 'tar-padding-missing',
    offset,
    message: 'the last file is not padded to a whole block',
  });
}

/** Reports a tar without its end marker. */
export function warnOfMissingEnd(offset: number, onWarning: OnWarning): void {
  onWarning({
    code: 'tar-no-end-marker',
    offset,
    message: 'the archive does not end with two blocks of zeros',
  });
}

/** Reports a block of zeros that no second one follows. */
export function warnOfLoneZeroBlock(offset: number, onWarning: OnWarning): void {
  onWarning({
    code: 'tar-lone-zero-block',
    offset,
    message: 'a single block of zeros between two entries',
  });
}
