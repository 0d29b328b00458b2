/** How to run stages, and where to report progress. */
export interface BenchOptions {
  /** How often each stage is run. */
  readonly runs: number;
  /** A stage is not repeated once its runs have taken this many seconds. */
  readonly maxSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly doneBytes: number; readonly totalBytes: number | null }) => void)
    | undefined;
  /** Called with the name of each stage that starts. */
  readonly begin: (what: string) => void;
}
