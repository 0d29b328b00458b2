import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { LayersError } from '@layers/errors';
import type { Addition, Owner } from './append-options.js';

/**
 * Reads `SOURCE[:/destination]`. Something that exists under the whole word is the source; otherwise the last `:/`
 * whose front exists parts them, or the last one at all. Without a destination contents go to the root.
 *
 * @param exists tells whether a path is there
 * @throws LayersError ERR_LAYERS_USAGE for an empty source, and for a destination that is not from the root
 */
export function parseAddition(word: string, exists: (path: string) => boolean = isThere): Addition {
  if (word === '') throw wrong('an addition is empty', 'write DIR, TAR or FILE, and :/destination behind it');
  if (exists(word)) return { source: word, destination: '/' };
  const cuts: number[] = [];
  for (let at = word.indexOf(':/', 1); at > 0; at = word.indexOf(':/', at + 1)) cuts.unshift(at);
  const cut = cuts.find((at) => exists(word.slice(0, at))) ?? cuts[0];
  if (cut !== undefined) return { source: word.slice(0, cut), destination: word.slice(cut + 1) };
  const colon = word.lastIndexOf(':');
  if (colon > 0 && exists(word.slice(0, colon))) {
    throw wrong(
      `the destination of ${JSON.stringify(word)} is not a path from the root`,
      `write ${word.slice(0, colon)}:/${word.slice(colon + 1)}`,
    );
  }
  return { source: word, destination: '/' };
}

/** Reads `uid:gid`, `uid` for both, or `keep`. Throws ERR_LAYERS_USAGE. */
export function parseOwner(word: string): Owner {
  if (word === 'keep') return 'keep';
  const match = /^([0-9]{1,10})(?::([0-9]{1,10}))?$/.exec(word);
  const uid = Number(match?.[1]);
  const gid = Number(match?.[2] ?? match?.[1]);
  if (match === null || uid >= 2 ** 32 || gid >= 2 ** 32) {
    throw wrong(`${JSON.stringify(word)} is not an owner`, 'write numbers, such as 1000:1000, or keep');
  }
  return { uid, gid };
}

/** Reads permission bits in octal, such as `755`. Throws ERR_LAYERS_USAGE. */
export function parseMode(word: string): number {
  if (!/^0?[0-7]{3,4}$/.test(word)) {
    throw wrong(`${JSON.stringify(word)} is not a mode`, 'write it in octal, such as 755 or 0644');
  }
  return Number.parseInt(word, 8);
}

/** The name that a file goes by, where its addition names none. */
export function nameOfSource(source: string): string {
  return basename(source);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function wrong(message: string, hint: string): LayersError {
  return new LayersError('ERR_LAYERS_USAGE', message, { hint });
}
