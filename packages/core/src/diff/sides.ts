import { allFindings } from '../analysis/findings.js';
import { type Finding, withPlace } from '../findings/finding.js';
import type { ComparedImages } from './files/decide-contents.js';

/** What is odd about either image. */
export function findingsOf({ imageA, imageB, a, b }: ComparedImages): Finding[] {
  const ofA = allFindings({ image: imageA, union: a }).map((finding) => withPlace(finding, { side: 'a' }));
  const ofB = allFindings({ image: imageB, union: b }).map((finding) => withPlace(finding, { side: 'b' }));
  return [...ofA, ...ofB];
}
