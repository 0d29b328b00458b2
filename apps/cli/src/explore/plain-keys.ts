/** Names of keys in a pipe, beside those of letters with Control: `<ctrl-a>`. */
const NAMES: ReadonlySet<string> = new Set([
  'up',
  'down',
  'left',
  'right',
  'pageup',
  'pagedown',
  'home',
  'end',
  'tab',
  'shift-tab',
  'enter',
  'escape',
  'backspace',
  'delete',
]);
const OTHER_NAMES: Readonly<Record<string, string>> = { space: ' ', lt: '<', esc: 'escape' };
const CONTROLS: Readonly<Record<string, string>> = {
  '\t': 'tab',
  '\r': 'enter',
  '\x1b': 'escape',
  '\x7f': 'backspace',
  '\b': 'backspace',
};
/** The longest name, with its brackets. */
const MAX_NAME = 12;

/**
 * Yields the keys in text: characters, control characters, and names such as `<enter>`. A line break is no key, so that
 * keys can stand on several lines.
 */
export async function* plainKeys(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    rest = yield* keysOf(rest, false);
  }
  yield* keysOf(rest, true);
}

/** Yields the keys; returns the end of the text, where more may follow. */
function* keysOf(text: string, isEnd: boolean): Generator<string, string> {
  for (let at = 0; at < text.length; ) {
    if (text[at] === '<') {
      const close = text.indexOf('>', at);
      const mayFollow = close === -1 && text.length - at < MAX_NAME && /^<[a-z-]*$/.test(text.slice(at));
      if (mayFollow && !isEnd) return text.slice(at);
      const key = close === -1 ? null : namedKey(text.slice(at + 1, close));
      yield key ?? '<';
      at = key === null ? at + 1 : close + 1;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += character.length;
    const key = keyOf(character);
    if (key !== null) yield key;
  }
  return '';
}

function namedKey(name: string): string | null {
  if (NAMES.has(name) || /^ctrl-[a-z]$/.test(name)) return name;
  return Object.hasOwn(OTHER_NAMES, name) ? (OTHER_NAMES[name] ?? null) : null;
}

function keyOf(character: string): string | null {
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 1 && code <= 26 && character !== '\n') return `ctrl-${String.fromCharCode(code + 96)}`;
  return code < 0x20 ? null : character;
}
