const SLASH = 0x2f;
const DOT = 0x2e;

/** Returns the parts of a path as Go's `path.Clean` leaves them: `..` stays only at the start of a relative path. */
export function cleanParts(path: Uint8Array): Uint8Array[] {
  const isAbsolute = path[0] === SLASH;
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let i = 0; i <= path.length; i++) {
    if (i < path.length && path[i] !== SLASH) continue;
    const part = path.subarray(start, i);
    start = i + 1;
    if (part.length === 0 || (part.length === 1 && part[0] === DOT)) continue;
    const last = parts.at(-1);
    if (!isUp(part)) parts.push(part);
    else if (last !== undefined && !isUp(last)) parts.pop();
    else if (!isAbsolute) parts.push(part);
  }
  return parts;
}

function isUp(part: Uint8Array): boolean {
  return part.length === 2 && part[0] === DOT && part[1] === DOT;
}
