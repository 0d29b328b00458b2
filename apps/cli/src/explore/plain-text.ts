import type { Spoken } from '@layers/explorer';

/** Turns what is shown into lines to print: only what is new since the last time. */
export class PlainText {
  #last: Spoken | null = null;

  /** Returns the lines that tell what changed. A note is told again after the next key. */
  changes(shown: Spoken): string[] {
    const last = this.#last?.view === shown.view ? this.#last : null;
    this.#last = shown;
    const told: string[] = [];
    if (last === null || shown.heading.some((line, i) => line !== last.heading[i]))
      told.push(...shown.heading);
    const isOtherRow = shown.row !== last?.row;
    if (shown.row !== null && (isOtherRow || told.length > 0)) told.push(shown.row);
    told.push(...newLines(shown, last));
    if (shown.note !== null && shown.note !== last?.note) told.push(shown.note);
    return told;
  }

  /** Forgets the note: the next one is told, also if it is the same. */
  forgetNote(): void {
    if (this.#last !== null) this.#last = { ...this.#last, note: null };
  }
}

/** Returns lines of a text that were not visible before, or details that were not told. */
function newLines({ lines, first }: Spoken, last: Spoken | null): readonly string[] {
  if (last === null) return lines;
  const { first: before } = last;
  if (first === null || before === null) return lines.filter((line) => !last.lines.includes(line));
  return lines.filter((_, i) => first + i < before || first + i >= before + last.lines.length);
}
