import type { FindFilters, FindOptions } from '@layers/insight/find';
import { usageError } from '../command-error.js';
import type { ImageFlags } from '../session.js';
import type { FindType } from './find-words.js';
import { parseSize } from './parse-size.js';

export interface FindFlags extends ImageFlags {
  readonly size?: readonly string[];
  readonly type?: readonly FindType[];
  readonly newer?: string;
  readonly setuid?: boolean;
  readonly deleted?: boolean;
  readonly layer?: string;
}

type NodeType = NonNullable<FindFilters['types']>[number];

const TYPES: Readonly<Record<FindType, NodeType>> = {
  f: 'file',
  file: 'file',
  d: 'directory',
  directory: 'directory',
  l: 'symlink',
  symlink: 'symlink',
  c: 'char',
  char: 'char',
  b: 'block',
  block: 'block',
  p: 'fifo',
  fifo: 'fifo',
};

/** Returns the conditions of a search, except the layer. Throws ERR_LAYERS_USAGE. */
export function findConditions({
  size = [],
  type,
  newer,
  setuid,
  deleted,
}: FindFlags): Omit<FindOptions, 'layer' | 'patterns'> {
  const bounds = size.map(sizeBounds);
  return {
    ...(bounds.length === 0
      ? {}
      : {
          minBytes: Math.max(...bounds.map(({ min }) => min)),
          maxBytes: Math.min(...bounds.map(({ max }) => max)),
        }),
    types: type?.map((word) => TYPES[word]),
    newerThan: newer === undefined ? undefined : parseTime(newer),
    privileged: setuid,
    deleted,
  };
}

/** Parses `+10M` (larger), `-1k` (smaller) and `500` (exactly). */
function sizeBounds(text: string): { readonly min: number; readonly max: number } {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  const bytes = parseSize(text.slice(sign.length));
  if (sign === '+') return { min: bytes + 1, max: Infinity };
  return { min: sign === '-' ? 0 : bytes, max: sign === '-' ? bytes - 1 : bytes };
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?([Zz]|[+-]\d\d:\d\d)?)?$/;

/** Parses a date, a time in UTC or with an offset, or seconds since 1970. Returns seconds. Throws ERR_LAYERS_USAGE. */
export function parseTime(text: string): number {
  const seconds = /^@(-?\d{1,12})$/.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds);
  const [, date, clock = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const time = date === undefined ? Number.NaN : Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
  if (!Number.isNaN(time)) return time / 1000;
  throw usageError(
    `${JSON.stringify(text)} is not a date`,
    'write it as 2026-11-21, 2026-11-21T02:36:41Z, or @SECONDS since 1970',
  );
}
