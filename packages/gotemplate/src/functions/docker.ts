import { type GoString, goString, textOf } from '../go-string.js';
import { GoSlice, type GoValue } from '../value.js';
import { CallError } from './call-error.js';
import type { TemplateFunction, TemplateFunctions } from './function.js';
import { toJson } from './json.js';

/** The longest text that `pad` makes. */
const MOST_SPACES = 1_000_000n;

function ofText(change: (text: string) => string): TemplateFunction {
  return { parameters: ['string'], call: (text) => goString(change(textOf(asString(text)))) };
}

/** The functions that docker adds to Go's. */
export const DOCKER_FUNCTIONS: TemplateFunctions = new Map<string, TemplateFunction>([
  ['json', { parameters: ['any'], call: toJson }],
  [
    'split',
    {
      parameters: ['string', 'string'],
      call: (text, separator) => new GoSlice(split(asString(text), asString(separator)), 'string'),
    },
  ],
  [
    'join',
    {
      parameters: ['[]string', 'string'],
      call: (list, separator) =>
        list instanceof GoSlice ? list.items.map(asString).join(asString(separator)) : '',
    },
  ],
  ['title', ofText(titled)],
  ['lower', ofText((text) => text.toLowerCase())],
  ['upper', ofText((text) => text.toUpperCase())],
  [
    'pad',
    {
      parameters: ['string', 'int', 'int'],
      call: (text, before, after) => (text === '' ? '' : spaces(before) + asString(text) + spaces(after)),
    },
  ],
  [
    'truncate',
    {
      parameters: ['string', 'int'],
      call: (text, length) => truncated(asString(text), asInt(length)),
    },
  ],
]);

function split(text: GoString, separator: GoString): GoString[] {
  if (separator !== '') return text.split(separator);
  return [...textOf(text)].map(goString);
}

/** Makes the first letter of each word a capital, as `strings.Title` does. */
function titled(text: string): string {
  return text.replace(/(?<=^|[^\w\u{80}-\u{10ffff}]|\p{White_Space})\p{L}/gu, (letter) =>
    letter.toUpperCase(),
  );
}

function truncated(text: GoString, length: bigint): GoString {
  if (BigInt(text.length) < length) return text;
  if (length < 0n) throw new CallError(`slice bounds out of range [:${length}]`);
  return text.slice(0, Number(length));
}

function spaces(count: GoValue): string {
  const number = asInt(count);
  if (number < 0n) throw new CallError('strings: negative Repeat count');
  if (number > MOST_SPACES) throw new CallError(`pad: more than ${MOST_SPACES} spaces`);
  return ' '.repeat(Number(number));
}

function asString(value: GoValue): GoString {
  return typeof value === 'string' ? value : '';
}

function asInt(value: GoValue): bigint {
  return typeof value === 'bigint' ? value : 0n;
}
