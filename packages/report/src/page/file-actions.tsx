import type { Paths } from '../view/paths.js';
import type { FileActions, Place } from './place.js';

const SLASH = 0x2f;

/** Returns what shows the actions of a file. A page of a file, which cannot read the image, has no code for it. */
export function actionsOf(files: FileActions): NonNullable<Place['Actions']> {
  return ({ version: { type, change, waste, layer }, place: { paths, selected } }) => {
    // A layer that has a path twice gives its last content.
    if (type !== 'file' || change === 'deleted' || waste === 'duplicate-entry') return null;
    return (
      <span class="file-actions">
        <button type="button" onClick={() => files.view(bytesOf(paths, selected), layer)}>
          View <span class="unseen">the file of layer {layer}</span>
        </button>
        <button type="button" onClick={() => files.save(bytesOf(paths, selected), layer)}>
          Save <span class="unseen">the file of layer {layer}</span>
        </button>
      </span>
    );
  };
}

/** Returns the bytes of a path, without a leading slash. */
export function bytesOf({ columns: { names, nameStart, parent } }: Paths, path: number): Uint8Array {
  const bytes: number[] = [];
  const above: number[] = [];
  for (let at = path; at > 0; at = parent[at] ?? 0) above.push(at);
  for (const at of above.reverse()) {
    if (bytes.length > 0) bytes.push(SLASH);
    for (const byte of names.subarray(nameStart[at], nameStart[at + 1])) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
