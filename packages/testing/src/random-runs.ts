/** Runs of a property test: few by default, many where LAYERS_LONG=1 asks for a long run. */
export function runs(usual: number, long: number): number {
  return process.env['LAYERS_LONG'] === '1' ? long : usual;
}
