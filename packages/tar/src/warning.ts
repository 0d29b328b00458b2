/** A fault that a reader tolerated. */
export interface TarWarning {
  readonly code: TarWarningCode;
  /** Position in the tar, in bytes. */
  readonly offset: number;
  /** Describes the fault in one sentence. */
  readonly message: string;
}

/** The kind of fault that a {@link TarWarning} reports. */
export type TarWarningCode =
  | 'tar-bad-number'
  | 'tar-bad-pax-record'
  | 'tar-size-on-bodiless-entry'
  | 'tar-lone-zero-block'
  | 'tar-no-end-marker'
  | 'tar-padding-missing'
  | 'tar-trailing-data'
  | 'tar-unknown-type'
  | 'tar-dangling-extension'
  | 'tar-global-attributes'
  | 'tar-global-header'
  | 'tar-large-id';

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

/** Reports data after the end marker. */
export function warnOfTrailingData(offset: number, onWarning: OnWarning): void {
  onWarning({
    code: 'tar-trailing-data',
    offset,
    message: 'data follows the end marker; it is ignored',
  });
}

/** Reports a single block of zeros between entries. */
export function warnOfLoneZeroBlock(offset: number, onWarning: OnWarning): void {
  onWarning({
    code: 'tar-lone-zero-block',
    offset,
    message: 'a single block of zeros between two entries',
  });
}

/** Reports an id of more than 53 bits, of which the low 32 are used. */
export function warnOfLargeId(what: string, offset: number, onWarning: OnWarning): void {
  onWarning({ code: 'tar-large-id', offset, message: `${what} is too large; using its low 32 bits` });
}
