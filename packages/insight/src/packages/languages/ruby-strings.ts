/** A string without interpolation: `"…"`, `'…'`, `%q{…}`, `%q(…)`. */
const STRING =
  /^[ \t]*(?:"((?:[^"\\#]|\\.|#(?!\{))*)"|'((?:[^'\\]|\\.)*)'|%q(?:\{([^{}\\]*)\}|\(([^()\\]*)\)|\[([^[\]\\]*)\]))/s;

const ESCAPE = /\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{1,2})|(.))/gs;

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** Returns the string at the start of an expression in Ruby, and what follows it; null where there is none. */
export function unquoteRuby(source: string): { readonly text: string; readonly rest: string } | null {
  const match = STRING.exec(source);
  if (match === null) return null;
  const [whole, double, single, ...percent] = match;
  const rest = source.slice(whole.length);
  if (double !== undefined) return { text: unescapeDouble(double), rest };
  if (single !== undefined) return { text: single.replace(/\\([\\'])/g, '$1'), rest };
  return { text: percent.find((each) => each !== undefined) ?? '', rest };
}

function unescapeDouble(text: string): string {
  return text.replace(ESCAPE, (whole, braces?: string, four?: string, hex?: string, other?: string) => {
    if (other !== undefined) return CONTROLS.get(other) ?? other;
    const code = Number.parseInt(braces ?? four ?? hex ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
