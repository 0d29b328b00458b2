import type { DockerfileStep } from './document.js';

/** What a step becomes in the Dockerfile. */
export type Part = Pick<DockerfileStep, 'notes' | 'lines' | 'kind'>;

/** Returns the part of a step without an effect on the image. */
export function omitted(note: string): Part {
  return { kind: 'omitted', notes: [note], lines: [] };
}

/** Returns the part of a step that one line repeats; null where no line can. */
export function written(line: string | null, what: string): Part {
  if (line === null) return omitted(`No Dockerfile can express it: ${what}`);
  return { kind: 'recorded', notes: [], lines: [line] };
}
