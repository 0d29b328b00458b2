import type { ImageReading } from './image-facts.js';
import { ImageReader, type ReadJob } from './read-job.js';

const reader = new ImageReader();

/** Runs in a worker thread. */
export default function work(job: ReadJob): Promise<ImageReading> {
  return reader.read(job);
}
