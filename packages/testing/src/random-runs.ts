/**
 * Returns the number of runs of a property test: in the fast suite a tenth of `usual`, at most 20; in the slow suite
 * `usual`; with `LAYERS_LONG=1` `long`.
 */
export function runs(usual: number, long: number): number {
  if (process.env['LAYERS_LONG'] === '1') return long;
  return process.env['LAYERS_RUNS'] === 'few' ? Math.min(20, Math.ceil(usual / 10)) : usual;
}
