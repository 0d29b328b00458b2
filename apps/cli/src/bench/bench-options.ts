/** How to run stages, and where to report progress. */
export interface BenchOptions {
  /** How often each stage is run. */
  readonly runs: number;
  /** A stage is not run again once its runs have taken so many seconds. */
  readonly maxSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly doneBytes: number; readonly totalBytes: number | null }) => void)
    | undefined;
  /** Is called at the start of a stage with its name. */
  readonly begin: (what: string) => void;
}
