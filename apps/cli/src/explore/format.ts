import type { Format } from '@layers/explorer';
import { escapeBytesForTerminal, escapeForTerminal } from '../output/escape.js';
import { percent, shortDate } from '../output/format.js';
import { modeString } from '../output/mode.js';
import { truncateEnd, truncateMiddle, widthOf } from '../output/text-width.js';
import type { View } from '../output/view.js';
import { shortInstruction } from '../render/instruction.js';

/** Returns how the explorer shows names, numbers and times on a terminal. */
export function formatOf({ bytes, ellipsis, unicode }: View): Format {
  return {
    name: escapeBytesForTerminal,
    text: escapeForTerminal,
    instruction: (text) => shortInstruction(text, ellipsis),
    width: widthOf,
    cutEnd: (text, width) => truncateEnd(text, width, ellipsis),
    cutMiddle: (text, width) => truncateMiddle(text, width, ellipsis),
    bytes,
    share: percent,
    time: shortDate,
    mode: modeString,
    unicode,
  };
}
