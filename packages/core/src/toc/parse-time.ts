import { InvalidToc } from './invalid-toc.js';

const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** A time as tar has it: whole seconds, rounded down, and the rest. */
export interface TarTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Most files of a layer have the same few times. */
let lastText = '';
let lastTime: TarTime = { seconds: 0, nanoseconds: 0 };

/** Parses a time of a TOC (RFC 3339); an empty text is 1970. Throws InvalidToc. */
export function parseTime(text: string): TarTime {
  if (text === lastText) return lastTime;
  lastTime = parsedTime(text);
  lastText = text;
  return lastTime;
}

function parsedTime(text: string): TarTime {
  if (text === '') return { seconds: 0, nanoseconds: 0 };
  const match = RFC3339.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
  if (match === null || Number.isNaN(milliseconds)) throw new InvalidToc('it has an invalid time');
  return { seconds: milliseconds / 1000, nanoseconds: Number((match[2] ?? '').padEnd(9, '0')) };
}
