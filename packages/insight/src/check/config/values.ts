import { editDistance } from '@layers/core/analysis';
import type { LayersError } from '@layers/errors';
import { NotALimit } from '../limit-text.js';
import type { YamlEntry, YamlFile, YamlValue } from './yaml-file.js';

/** Returns the entries of a mapping. Throws ERR_LAYERS_BUDGETS for anything else. */
export function entriesOf({ file, offset, content }: YamlValue): readonly YamlEntry[] {
  const found = content();
  if (found.kind === 'map') return found.entries;
  throw file.error(offset, 'keys with values are expected here', 'write KEY: VALUE, indented by two blanks');
}

/** Returns the text of a single value. Throws ERR_LAYERS_BUDGETS for anything else. */
export function textOf({ file, offset, content }: YamlValue): string {
  const found = content();
  if (found.kind === 'text') return found.text;
  throw file.error(offset, 'a single value is expected here', 'write it after the colon: KEY: VALUE');
}

/** Returns the texts of a list, or of a single value. Throws ERR_LAYERS_BUDGETS for anything else. */
export function textsOf(value: YamlValue): readonly string[] {
  const found = value.content();
  return found.kind === 'list' ? found.items.map(textOf) : [textOf(value)];
}

/**
 * Returns ERR_LAYERS_BUDGETS for a key that is none of the known ones.
 *
 * @param otherwise the hint for a key that resembles none of them
 */
export function unknownKey(
  { key, keyOffset }: YamlEntry,
  file: YamlFile,
  known: readonly string[],
  otherwise = `the keys are ${known.join(', ')}`,
): LayersError {
  const shown = key.slice(0, 100);
  const distance = (name: string): number => editDistance(shown.toLowerCase(), name.toLowerCase());
  const [nearest = ''] = [...known].sort((a, b) => distance(a) - distance(b));
  const isNear = distance(nearest) <= Math.max(2, nearest.length / 3);
  const hint = isNear ? `did you mean ${nearest}?` : otherwise;
  return file.error(keyOffset, `unknown key ${JSON.stringify(shown)}`, hint);
}

/** Parses a value. An error gets its line. */
export function withPlace<Result>(value: YamlValue, parse: (from: string) => Result): Result {
  try {
    return parse(value.file.placeOf(value));
  } catch (error) {
    if (!(error instanceof NotALimit)) throw error;
    throw value.file.error(value.offset, error.message, error.hint);
  }
}
