/** Returns a text that stands for a secret: its published prefix, and nothing else of it. */
export function maskOf(prefix: string): string {
  return `${prefix}****`;
}
