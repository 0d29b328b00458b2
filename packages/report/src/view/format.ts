const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Formats bytes as the command does: SI units, three significant digits. */
export function humanBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  // 999.5 is shown as 1000, which is 1 of the next unit.
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${bytes < 0 ? '-' : ''}${Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

/** Formats a difference of bytes: `+12 MB`, `-3 MB`. */
export function signedBytes(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${humanBytes(bytes)}`;
}

/** Formats a share as `98.7 %`, rounded down, so that only 1 is shown as 100.0 %. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

/** Formats a share for a sentence: `24 %`, and `less than 1 %`. */
export function roundPercent(share: number): string {
  return share > 0 && share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

/** `1 file`, `2,000 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${groupedNumber(count)} ${count === 1 ? one : many}`;
}

/** `20,123`. */
export function groupedNumber(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Returns permission bits as `ls` shows them, without the type. */
export function modeText(mode: number): string {
  const triple = (bits: number, special: boolean, letter: string): string => {
    const executes = (bits & 1) !== 0;
    const last = special ? (executes ? letter : letter.toUpperCase()) : executes ? 'x' : '-';
    return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${last}`;
  };
  return [
    triple((mode >> 6) & 7, (mode & 0o4000) !== 0, 's'),
    triple((mode >> 3) & 7, (mode & 0o2000) !== 0, 's'),
    triple(mode & 7, (mode & 0o1000) !== 0, 't'),
  ].join('');
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/**
 * Shows characters that would be invisible, or that would reorder what stands beside them, as `\u{202e}`. Long texts are
 * cut in the middle.
 */
export function visibleText(text: string, most = 4000): string {
  const cut = text.length <= most ? text : `${text.slice(0, most >> 1)}…${text.slice(-(most >> 1))}`;
  return cut.replace(HIDDEN, (character) =>
    character === '\n' ? '\n' : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** Returns the parts of a sentence: every second is what stands between backticks, a command. */
export function proseParts(text: string): string[] {
  return text.split(/`([^`]+)`/);
}
