import { allFindings } from '../analysis/findings.js';
import type { ComparedImages } from './decide-contents.js';
import type { DiffFinding } from './document.js';

/** What is odd about either image. */
export function findingsOf({ imageA, imageB, a, b }: ComparedImages): DiffFinding[] {
  const ofA = allFindings({ image: imageA, union: a }).map((finding) => ({ ...finding, side: 'a' as const }));
  const ofB = allFindings({ image: imageB, union: b }).map((finding) => ({ ...finding, side: 'b' as const }));
  return [...ofA, ...ofB];
}
