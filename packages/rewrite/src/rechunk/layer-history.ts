import type { HistoryEntry } from '@layers/core/oci';

const COMMAND = 'layers rechunk';
const TIMES = 'with the times of directories';

/** What the history of an image says of a layer that components were distributed to. */
export interface LayerMark {
  /** See `LayerGroups`. */
  readonly group: number;
  readonly groups: number;
  /** Whether it is the uppermost layer of its group. */
  readonly closes: boolean;
}

/** The step of such a layer. */
export interface LayerStep {
  /** The command, and what is in the layer, for people. */
  readonly createdBy: string;
  readonly comment: string;
}

/** Returns the step of a new layer. {@link markOf} reads it in a later version. */
export function markedStep({ group, groups, closes }: LayerMark, text: string): LayerStep {
  const part = `part ${group + 1} of ${groups}`;
  return { createdBy: `${COMMAND}: ${text}`, comment: closes ? `${part}, ${TIMES}` : part };
}

/** Returns what a step says; null if `rechunk` did not make its layer. */
export function markOf(step: HistoryEntry | undefined): LayerMark | null {
  if (step?.createdBy === undefined || !isCommand(step.createdBy)) return null;
  const [, part = '1', groups = '1', times] = MARK.exec(step.comment ?? '') ?? [];
  return { group: Number(part) - 1, groups: Number(groups), closes: times !== undefined };
}

const MARK = new RegExp(`^part ([1-9]\\d{0,2}) of ([1-9]\\d{0,2})(, ${TIMES})?$`);

export function isCommand(createdBy: string): boolean {
  return createdBy.startsWith(`${COMMAND}: `);
}
