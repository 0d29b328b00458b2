/** Something that a reader let pass: what, where (position in bytes in the tar), and a sentence. */
export interface TarWarning {
  readonly code: TarWarningCode;
  readonly offset: number;
  readonly message: string;
}

export type TarWarningCode =
  | 'tar-bad-number'
  | 'tar-bad-pax-record'
  | 'tar-size-on-bodiless-entry'
  | 'tar-lone-zero-block'
  | 'tar-no-end-marker'
  | 'tar-padding-missing'
  | 'tar-unknown-type'
  | 'tar-dangling-extension';

export type OnWarning = (warning: TarWarning) => void;
