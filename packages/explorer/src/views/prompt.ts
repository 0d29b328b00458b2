/** A line that is typed at the bottom of the screen. */
export class Prompt {
  readonly label: string;
  #text: string;
  #cursor: number;

  constructor(label: string, text = '') {
    this.label = label;
    this.#text = text;
    this.#cursor = [...text].length;
  }

  get text(): string {
    return this.#text;
  }

  /** The text before the cursor, and the rest. */
  get parts(): readonly [string, string] {
    const characters = [...this.#text];
    return [characters.slice(0, this.#cursor).join(''), characters.slice(this.#cursor).join('')];
  }

  /** Handles a key; returns whether the text changed. */
  update(key: string): boolean {
    const [before, after] = this.parts;
    const length = [...this.#text].length;
    switch (key) {
      case 'left':
        this.#cursor = Math.max(0, this.#cursor - 1);
        return false;
      case 'right':
        this.#cursor = Math.min(length, this.#cursor + 1);
        return false;
      case 'home':
      case 'ctrl-a':
        this.#cursor = 0;
        return false;
      case 'end':
      case 'ctrl-e':
        this.#cursor = length;
        return false;
      case 'backspace':
      case 'ctrl-h':
        return this.#set([...before].slice(0, -1).join(''), after);
      case 'delete':
        return this.#set(before, [...after].slice(1).join(''));
      case 'ctrl-u':
        return this.#set('', after);
      case 'ctrl-w':
        return this.#set(before.replace(/\S+\s*$/, ''), after);
      default:
        return [...key].length === 1 ? this.#set(before + key, after) : false;
    }
  }

  #set(before: string, after: string): boolean {
    const text = before + after;
    const changed = text !== this.#text;
    this.#text = text;
    this.#cursor = [...before].length;
    return changed;
  }
}
