import { isUtf8 as nodeIsUtf8 } from 'node:buffer';

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  return nodeIsUtf8(bytes);
}
