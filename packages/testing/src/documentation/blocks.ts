import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../../', import.meta.url);

/** A block of code of a page: between two lines of backticks, or indented by four spaces. */
export interface Block {
  /** The path of the page, from the root of the repository. */
  readonly page: string;
  /** The number of the line with the backticks, or of the first indented line. */
  readonly line: number;
  /** What follows the backticks; `indented` without them. */
  readonly language: string;
  /** The lines, each with its line feed. */
  readonly code: string;
}

/** The pages of the site, and the one that only a git host shows. */
export const pages: readonly string[] = ['README.md', ...writtenPages()];

/** Asks the site for its pages, which is a program of its own. */
function writtenPages(): string[] {
  const program = `import { writtenPages } from './site/pages.mjs';
console.log(JSON.stringify(writtenPages().map(({ file }) => file)));`;
  const args = ['--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}

/** Returns the text of a page. */
export const textOf = (page: string): string => readFileSync(fileURLToPath(new URL(page, root)), 'utf8');

/** Returns the blocks of a page. */
export const blocksOf = (page: string): Block[] => blocksIn(page, textOf(page));

/** Returns the blocks of a text. */
export function blocksIn(page: string, text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^ {0,3}(`{3,})(\S*)$/.exec(lines[i] ?? '');
    const isIndented = fence === null && /^ {4}/.test(lines[i] ?? '') && isBlank(lines[i - 1]);
    if (fence === null && !isIndented) continue;
    const first = fence === null ? i : i + 1;
    const isLast = (line: string): boolean =>
      fence === null ? !/^ {4}/.test(line) : line.trim() === fence[1];
    let end = first;
    while (end < lines.length && !isLast(lines[end] ?? '')) end++;
    const code = lines.slice(first, end).map((line) => `${fence === null ? line.slice(4) : line}\n`);
    blocks.push({ page, line: i + 1, language: fence?.[2] ?? 'indented', code: code.join('') });
    i = end;
  }
  return blocks;
}

const isBlank = (line = ''): boolean => line.trim() === '';
