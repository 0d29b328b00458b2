import { type View, viewOf } from '../../src/output/view.ts';

/** Returns a view without colors, with the given width. */
export function viewOfWidth(columns: number, options: Parameters<typeof viewOf>[2] = {}): View {
  return viewOf({ isTTY: true, columns }, { LANG: 'C.UTF-8', NO_COLOR: '1' }, options);
}
