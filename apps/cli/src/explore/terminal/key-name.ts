/** A key, as `node:readline` decodes it. */
export interface KeyEvent {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

const NAMES: Readonly<Record<string, string>> = { return: 'enter', space: ' ' };

/** Returns the name of a key: the character that it types, or such as `up`, `enter`, `ctrl-a`; null for unknown keys. */
export function keyName(text: string | undefined, { name, ctrl, meta, shift }: KeyEvent): string | null {
  if (name === 'escape') return 'escape';
  if (meta === true) return null;
  // The terminal sends the same byte for both.
  if (name === 'enter') return 'enter';
  if (ctrl === true) return name === undefined ? null : `ctrl-${name}`;
  if (name === 'tab') return shift === true ? 'shift-tab' : 'tab';
  if (text !== undefined && [...text].length === 1 && /^[^\p{Cc}]$/u.test(text)) return text;
  if (name === undefined || name === 'undefined') return null;
  return NAMES[name] ?? name;
}
