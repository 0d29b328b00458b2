/** Options of the writers of bills of materials. */
export interface SbomOptions {
  /** What made the document. */
  readonly tool: { readonly name: string; readonly version: string };
  /** The time of the document in seconds since 1970. Default: that of the image. */
  readonly time?: number | undefined;
}
