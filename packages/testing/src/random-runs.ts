/**
 * Returns the number of runs of a property test: a tenth of `usual`, and at most 20, in the fast suite, `usual` in the
 * slow one, and `long` where `LAYERS_LONG=1` asks for a long run.
 */
export function runs(usual: number, long: number): number {
  if (process.env['LAYERS_LONG'] === '1') return long;
  return process.env['LAYERS_RUNS'] === 'few' ? Math.min(20, Math.ceil(usual / 10)) : usual;
}
