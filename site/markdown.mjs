// Writes Markdown.

/** Text that is not Markdown. */
export const text = (words) => words.replaceAll(/[\\`*_[\]<>|]/g, (sign) => `\\${sign}`);

export const row = {
  /** Code in a cell of a table. */
  code: (words) => `\`${words.replaceAll('|', '\\|')}\``,
};

export const table = (titles, rows) =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const code = (language, lines) => `\`\`\`${language}\n${lines}\n\`\`\``;
