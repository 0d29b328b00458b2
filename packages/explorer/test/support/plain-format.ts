import type { Format } from '@layers/explorer';

/** Shows bytes as Latin-1 text, a character a column. */
export const plainFormat: Format = {
  name: (bytes) => Buffer.from(bytes).toString('latin1'),
  text: (text) => text,
  instruction: (text) => text,
  width: (text) => text.length,
  cutEnd: (text, width) => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`),
  cutMiddle: (text, width) => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`),
  bytes: String,
  share: (share) => `${Math.floor(share * 100)} %`,
  time: (seconds) => `@${seconds}`,
  mode: (type, mode) => `${type[0]}${mode.toString(8)}`,
  unicode: false,
};
