/// <reference path="./cli-progress.d.ts" />
import { humanBytes } from './format.js';

/** The progress of reading an input. */
export interface Amount {
  readonly doneBytes: number;
  /** Null where it is unknown, as for a pipe. */
  readonly totalBytes: number | null;
}

export interface Progress {
  /** Updates the bar. Fewer bytes than before start a new step, whose time left is computed anew. */
  update(amount: Amount): void;
  /** Starts a step, whose name is shown before the bar. */
  begin(what: string): void;
  /** Removes the bar. Nothing is drawn afterwards. */
  stop(): void;
}

/** What the user wants to see on standard error. */
export interface Feedback {
  /** Whether only errors are printed. */
  readonly quiet?: boolean;
  /** False for no progress bar. */
  readonly progress?: boolean;
  /** Receives the progress in place of a bar. */
  readonly onProgress?: (amount: Amount) => void;
}

/** Whether a progress bar is shown on `stream`. */
export function showsProgress({ quiet, progress }: Feedback, stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && quiet !== true && progress !== false;
}

/** Work shorter than this shows no bar. */
const PATIENCE_MS = 500;

const SILENT: Progress = { update: () => {}, begin: () => {}, stop: () => {} };

/**
 * Returns a bar on `stream` with bytes, rate and time left, for work that takes long; a silent one without `wanted`.
 */
export function createProgress(stream: NodeJS.WriteStream, wanted: boolean): Progress {
  if (!wanted) return SILENT;
  const created = performance.now();
  let started = created;
  let what = '';
  let bar: Bar | null = null;
  let loading = false;
  let stopped = false;
  let latest: Amount = { doneBytes: 0, totalBytes: null };

  const draw = async () => {
    if (loading) return;
    loading = true;
    const { default: cliProgress } = await import('cli-progress');
    if (stopped) return;
    bar = new cliProgress.SingleBar({
      stream,
      hideCursor: true,
      clearOnComplete: true,
      // The cursor is shown again by stop(), which is also called where a signal ends the work.
      gracefulExit: false,
      format: () => progressLine(latest, performance.now() - started, stream.columns, what),
    });
    bar.start(1, 0);
  };

  // The work continues if the bar cannot be loaded.
  const begin = () => void draw().catch(() => {});
  const timer = setTimeout(begin, PATIENCE_MS);
  timer.unref();

  return {
    update(amount) {
      if (amount.doneBytes < latest.doneBytes) started = performance.now();
      latest = amount;
      if (stopped || performance.now() - created < PATIENCE_MS) return;
      // Busy work may delay the timer.
      if (bar === null) begin();
      else bar.update(0);
    },
    begin(next) {
      what = next;
      latest = { doneBytes: 0, totalBytes: null };
      started = performance.now();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      bar?.stop();
      bar = null;
    },
  };
}

interface Bar {
  start(total: number, value: number): void;
  update(value: number): void;
  stop(): void;
}

const BAR_COLUMNS = 24;

/**
 * `[=====>   ] 40 %  640 MB of 1.6 GB  320 MB/s  3 s left`, in fewer columns than the terminal has.
 *
 * @param what the name of the step, printed first
 */
export function progressLine(amount: Amount, elapsedMs: number, columns = 80, what = ''): string {
  const { doneBytes, totalBytes } = amount;
  const rate = doneBytes / Math.max(elapsedMs / 1000, 0.001);
  const speed = `${humanBytes(Math.round(rate))}/s`;
  if (totalBytes === null || totalBytes <= 0)
    return `${what === '' ? 'read' : what} ${humanBytes(doneBytes)}  ${speed}`.slice(0, columns - 1);
  const share = Math.min(1, doneBytes / totalBytes);
  const done = Math.round(share * BAR_COLUMNS);
  const bar = `[${'='.repeat(done)}${' '.repeat(BAR_COLUMNS - done)}]`;
  const amounts = `${humanBytes(doneBytes)} of ${humanBytes(totalBytes)}`;
  const left = rate > 0 ? `${duration((totalBytes - doneBytes) / rate)} left` : '';
  const text = `${what === '' ? '' : `${what} `}${String(Math.floor(share * 100)).padStart(3)} %  ${amounts}  ${speed}  ${left}`;
  return bar.length + 1 + text.length < columns ? `${bar} ${text}` : text.slice(0, columns - 1);
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
