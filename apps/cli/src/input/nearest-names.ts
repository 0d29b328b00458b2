import { editDistance } from '@layers/core/analysis';

const MOST = 3;

/** Returns up to three of `names` that are similar to `name`: of the same repository, or with a similar spelling. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const wanted = partsOf(name);
  return names
    .map((known) => ({ known, distance: distanceOf(wanted, partsOf(known)) }))
    .filter(({ distance }) => distance <= 1)
    .sort((a, b) => a.distance - b.distance || (a.known < b.known ? -1 : 1))
    .slice(0, MOST)
    .map(({ known }) => known);
}

interface Parts {
  readonly path: string;
  readonly last: string;
  readonly tag: string;
}

function partsOf(name: string): Parts {
  const [, path = '', tag = ''] = /^(.*?)(?::([^:/]*))?$/s.exec(name) ?? [];
  return { path, last: path.slice(path.lastIndexOf('/') + 1), tag };
}

/** Returns the distance of two names; at most 1 if they are similar. */
function distanceOf(a: Parts, b: Parts): number {
  const tags = share(a.tag, b.tag) / 4;
  if (a.path === b.path) return tags;
  if (a.last === b.last) return 0.25 + tags;
  const edits = share(a.last, b.last);
  return edits > 0.4 ? 2 : 0.5 + edits / 2 + tags;
}

const LONGEST = 128;

/** Returns the edit distance as a share of the longer word. */
function share(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 0;
  return longer > LONGEST ? 1 : editDistance(a, b) / longer;
}
