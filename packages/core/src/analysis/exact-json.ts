import { randomBytes } from '#core/io/random.js';
import { JsonNumber } from '../oci/json-number.js';

/**
 * Returns what a serializer of JSON writes for a value, with numbers that JavaScript would round as they stand in their
 * document.
 *
 * @param serialize gets the value, or a copy with text in place of these numbers
 */
export function exactJson<Text extends string | undefined>(
  value: unknown,
  serialize: (value: unknown) => Text,
): Text | string {
  if (!hasExactNumber(value)) return serialize(value);
  // Text that no document can contain.
  const mark = Buffer.from(randomBytes(16)).toString('hex');
  const text = serialize(withMarks(value, mark)) ?? '';
  return text.replaceAll(new RegExp(`"${mark}([-+.0-9eE]+)"`, 'g'), '$1');
}

function hasExactNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof JsonNumber || Object.values(value).some(hasExactNumber);
}

function withMarks(value: unknown, mark: string): unknown {
  if (value instanceof JsonNumber) return mark + value.text;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withMarks(item, mark));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withMarks(item, mark)]));
}
