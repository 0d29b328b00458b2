import { runScan, type ScanJob } from './scan-job.js';
import type { LayerSecrets } from './scan-layer.js';

/** Runs in a worker thread. */
export default function work(job: ScanJob): Promise<LayerSecrets> {
  return runScan(job);
}
