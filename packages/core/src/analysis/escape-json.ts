let unsafe: RegExp | undefined;
const BEYOND_ASCII = /[\x7f-\uffff]/;

/** Escapes characters of JSON text that `JSON.stringify` leaves unescaped. The values stay the same. */
export function escapeJsonText(json: string): string {
  if (!BEYOND_ASCII.test(json)) return json;
  unsafe ??= /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return json.replace(unsafe, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
