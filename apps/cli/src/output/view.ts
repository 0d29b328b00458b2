import picocolors from 'picocolors';
import { type ColourChoice, wantsColour } from './colour.js';
import { exactBytes, humanBytes } from './format.js';
import { columnsOf, showsUnicode, UNLIMITED } from './terminal-size.js';

/** The format of results on one stream. */
export interface View {
  /** The most columns of a table's line; infinite without a limit. */
  readonly width: number;
  readonly colours: ReturnType<typeof picocolors.createColors>;
  readonly bytes: (bytes: number) => string;
  readonly unicode: boolean;
  /** The mark of truncated text; one column. */
  readonly ellipsis: string;
  readonly truncate: boolean;
}

export interface ViewOptions {
  readonly color?: ColourChoice;
  /** Whether sizes are exact integers. */
  readonly bytes?: boolean;
  /** Whether long cells are truncated to the width of the terminal. */
  readonly trunc?: boolean;
}

interface Stream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export function viewOf(
  stream: Stream,
  env: Readonly<Record<string, string | undefined>>,
  options: ViewOptions = {},
): View {
  const unicode = showsUnicode(env);
  const truncate = options.trunc ?? true;
  return {
    width: truncate ? columnsOf(env, stream) : UNLIMITED,
    colours: picocolors.createColors(wantsColour(options.color ?? 'auto', env, stream)),
    bytes: options.bytes === true ? exactBytes : humanBytes,
    unicode,
    ellipsis: unicode ? '…' : '~',
    truncate,
  };
}
