/** Returns undefined: a browser has no directories. */
export function openCache(): undefined {
  return undefined;
}
