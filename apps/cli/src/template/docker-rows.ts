import type { HistoryDocument } from '@layers/core/analysis';
import { ago } from '../output/ago.js';
import { shortDigest } from '../output/format.js';
import type { ImageLine } from '../render/image-lines.js';
import type { TemplateRow } from './row-template.js';

export interface RowOptions {
  readonly noTrunc: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const NONE = '<none>';
const UNKNOWN = 'N/A';

/** The titles of `docker images --format 'table …'`. */
export const IMAGE_TITLES: TemplateRow = {
  Containers: 'CONTAINERS',
  CreatedAt: 'CREATED AT',
  CreatedSince: 'CREATED',
  Digest: 'DIGEST',
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  SharedSize: 'SHARED SIZE',
  Size: 'SIZE',
  Tag: 'TAG',
  UniqueSize: 'UNIQUE SIZE',
  VirtualSize: 'SIZE',
};

/** Returns an image of the store with the fields of `docker images --format`. */
export function imageTemplateRow(line: ImageLine, { noTrunc, now }: RowOptions): TemplateRow {
  const { created, sizeBytes, sharedBytes } = line;
  return {
    Containers: UNKNOWN,
    CreatedAt: created === null ? UNKNOWN : timeText(created),
    CreatedSince: created === null ? UNKNOWN : ago(created, now) || created,
    Digest: line.digest,
    ID: noTrunc ? line.id : shortDigest(line.id),
    Repository: line.repository ?? NONE,
    SharedSize: sizeText(sharedBytes),
    Size: sizeText(sizeBytes),
    Tag: line.tag ?? NONE,
    UniqueSize: sizeText(sizeBytes - sharedBytes),
    VirtualSize: sizeText(sizeBytes),
  };
}

/** The titles of `docker history --format 'table …'`. */
export const STEP_TITLES: TemplateRow = {
  Comment: 'COMMENT',
  CreatedAt: 'CREATED AT',
  CreatedBy: 'CREATED BY',
  CreatedSince: 'CREATED',
  ID: 'IMAGE',
  Size: 'SIZE',
};

const LONGEST_STEP = 45;

/** Returns the steps of an image with the fields of `docker history --format`, the newest first. */
export function stepTemplateRows(
  { image, history }: HistoryDocument,
  { noTrunc, now }: RowOptions,
): TemplateRow[] {
  const id = image.id ?? '';
  return history.map(({ created, createdBy, comment, contentBytes, storedBytes }, i) => {
    const command = (createdBy ?? '').replaceAll('\t', ' ');
    return {
      Comment: comment ?? '',
      CreatedAt: created ?? '',
      CreatedBy:
        noTrunc || command.length <= LONGEST_STEP ? command : `${command.slice(0, LONGEST_STEP - 1)}…`,
      CreatedSince: created === null ? UNKNOWN : ago(created, now) || created,
      // Only the image itself has an id.
      ID: i > 0 ? '<missing>' : noTrunc ? id : shortDigest(id),
      Size: sizeText(contentBytes ?? storedBytes ?? 0),
    };
  });
}

/** Returns a time as Go prints it. Text that is no time stays. */
function timeText(created: string): string {
  const time = new Date(created);
  if (Number.isNaN(time.getTime())) return created;
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Returns a size as docker prints it: three digits, and no space. */
function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  for (; size >= 1000 && unit < UNITS.length - 1; unit++) size /= 1000;
  return `${Number(size.toPrecision(3))}${UNITS[unit]}`;
}
