import { dockerfileError } from './dockerfile-error.js';
import { execForm } from './exec-form.js';
import { splitFlags } from './instruction-flags.js';
import { parseKeyValues } from './key-values.js';
import { firstWord } from './words.js';

const HINT = 'write ONBUILD followed by an instruction such as RUN or COPY';

/**
 * Returns the instruction that ONBUILD stores for later builds, unchanged. As Docker does, it refuses one that no builder
 * could parse.
 *
 * @param line the whole line
 * @param text the text after ONBUILD
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function onBuildTrigger(line: string, text: string, escapeChar: string): string {
  if (text === '') throw dockerfileError('ONBUILD requires at least one argument', HINT);
  const [word, rest] = firstWord(text);
  const name = word.toUpperCase();
  if (name === 'ONBUILD') {
    throw dockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", HINT);
  }
  if (name === 'FROM' || name === 'MAINTAINER') {
    throw dockerfileError(`${name} isn't allowed as an ONBUILD trigger`, HINT);
  }
  const { text: args } = splitFlags(rest ?? '', escapeChar);
  if (args !== '' && (name === 'ENV' || name === 'LABEL')) parseKeyValues(name, args, escapeChar);
  if (['CMD', 'ENTRYPOINT', 'RUN', 'VOLUME', 'SHELL'].includes(name)) execForm(args);
  return line.replace(/^[\t\n\v\f\r ]*onbuild[\t\n\v\f\r ]*/i, '');
}
