import { escapeJsonText, exactJson } from '@layers/core/analysis';
import stableStringify from 'fast-json-stable-stringify';

/**
 * Yields a list as one JSON object a line. Keys are sorted, also those of extended attributes. Equal entries of two
 * images are therefore equal lines, which `sort`, `comm` and `diff` can compare.
 */
export function* jsonLines(items: Iterable<object>): Generator<string> {
  for (const item of items) yield `${escapeJsonText(exactJson(item, stableStringify))}\n`;
}
