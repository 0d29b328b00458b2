import type { FoundPath } from '@layers/insight/find';
import { escapeName } from '../output/escape.js';
import type { View } from '../output/view.js';
import { eventLine } from './path-events.js';

/** Renders each path, and what the layers did to it. Paths are never truncated, and start at once. */
export function* renderFind(matches: Iterable<FoundPath>, view: View): Generator<string> {
  for (const { path, pathBase64, visible, events } of matches) {
    const name = escapeName(path, pathBase64);
    yield visible ? `${name}\n` : `${view.colours.red(name)}  (deleted)\n`;
    for (const event of events) yield eventLine(event, view);
  }
}
