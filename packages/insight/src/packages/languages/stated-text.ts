/** The limit of a name or a version, above the longest real ones. */
const MAX_LENGTH = 512;

/** The limit of a list of licences. */
export const MAX_LICENCES = 64;

/** Returns a name or version without spaces around it; null where it is empty, too long or not a text. */
export function statedText(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_LENGTH * 2) return null;
  const text = value.trim();
  return text === '' || text.length > MAX_LENGTH ? null : text;
}

/** Returns the licences that are short enough for names, each once. */
export function statedLicences(values: readonly unknown[]): string[] {
  const texts = values.slice(0, MAX_LICENCES).map(statedText);
  return [...new Set(texts.filter((text) => text !== null))];
}
