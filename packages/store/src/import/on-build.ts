import { takeFlags } from './builder-flags.js';
import { dockerfileError } from './dockerfile-error.js';
import { execForm } from './exec-form.js';
import { nameValues } from './name-values.js';
import { firstWord } from './spaces.js';

const HINT = 'write ONBUILD followed by an instruction such as RUN or COPY';

/**
 * The instruction that ONBUILD keeps for later, as it is written. It is not made now, but what could never be read is
 * refused, as Docker does.
 *
 * @param line the whole line
 * @param text what follows ONBUILD
 * @throws LayersError ERR_LAYERS_DOCKERFILE
 */
export function onBuildOf(line: string, text: string, escapeChar: string): string {
  if (text === '') throw dockerfileError('ONBUILD requires at least one argument', HINT);
  const [word, rest] = firstWord(text);
  const name = word.toUpperCase();
  if (name === 'ONBUILD') {
    throw dockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", HINT);
  }
  if (name === 'FROM' || name === 'MAINTAINER') {
    throw dockerfileError(`${name} isn't allowed as an ONBUILD trigger`, HINT);
  }
  const { rest: args } = takeFlags(rest ?? '', escapeChar);
  if (args !== '' && (name === 'ENV' || name === 'LABEL')) nameValues(name, args, escapeChar);
  if (['CMD', 'ENTRYPOINT', 'RUN', 'VOLUME', 'SHELL'].includes(name)) execForm(args);
  return line.replace(/^[\t\n\v\f\r ]*onbuild[\t\n\v\f\r ]*/i, '');
}
