import type { PathEventDocument } from '@layers/insight/events';
import type { LogEvent } from '@layers/insight/log';
import { escapeName } from '../output/escape.js';
import { shortDate } from '../output/format.js';
import { modeString } from '../output/mode.js';
import { truncateEnd, widthOf } from '../output/text-width.js';
import type { View } from '../output/view.js';
import { instructionCell } from './instruction.js';

/** The columns of the fields that a deletion lacks: mode, owner, size and time, two spaces apart. */
const ATTRIBUTE_COLUMNS = 10 + 2 + 7 + 2 + 8 + 2 + 16;
/** The fewest columns of an instruction that is worth showing. */
const LEAST_COLUMNS = 16;

/** Returns a line about what a layer did to a path: layer, change, attributes and instruction. */
export function eventLine(event: PathEventDocument | LogEvent, view: View): string {
  const { layer, change } = event;
  const start = `${String(layer).padStart(4)}  `;
  const attributes = change === 'deleted' ? ' '.repeat(ATTRIBUTE_COLUMNS) : attributesOf(event, view);
  const room = view.width - widthOf(start) - CHANGE_COLUMNS - 4 - widthOf(attributes);
  const instruction = instructionCell(event.instruction, view);
  const shown = room < LEAST_COLUMNS ? '' : truncateEnd(instruction, room, view.ellipsis);
  const word = painter(change, view)(change.padEnd(CHANGE_COLUMNS));
  return `${`${start}${word}  ${attributes}  ${shown}`.trimEnd()}\n`;
}

const CHANGE_COLUMNS = 8;

type Attributes = Omit<PathEventDocument, 'change'>;

function attributesOf(event: Attributes, view: View): string {
  const { type, mode, uid, gid, mtime, linkname, linknameBase64 } = event;
  const fields = [
    modeString(type, mode),
    `${uid}:${gid}`.padStart(7),
    sizeText(event, view).padStart(8),
    shortDate(mtime),
  ];
  const target = linkname === undefined ? '' : ` -> ${escapeName(linkname, linknameBase64)}`;
  return fields.join('  ') + target;
}

function sizeText({ type, sizeBytes, devmajor, devminor }: Attributes, view: View): string {
  if (type === 'char' || type === 'block') return `${devmajor ?? 0}, ${devminor ?? 0}`;
  return type === 'file' ? view.bytes(sizeBytes) : '-';
}

function painter(change: LogEvent['change'], { colours }: View): (text: string) => string {
  if (change === 'added') return colours.green;
  return change === 'deleted' ? colours.red : colours.yellow;
}
