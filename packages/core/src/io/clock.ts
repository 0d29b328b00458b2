/** Returns milliseconds since some moment. Unlike those of `performance`, they need no modules that Node has not loaded. */
export function monotonicMs(): number {
  return process.uptime() * 1000;
}
