const MARK = Buffer.from('.wh.');

/** Returns the name of the whiteout of a path (OCI layer.md, "Whiteouts"). */
export function whiteoutName(path: Uint8Array): Buffer {
  const slash = path.lastIndexOf(0x2f);
  return Buffer.concat([path.subarray(0, slash + 1), MARK, path.subarray(slash + 1)]);
}
