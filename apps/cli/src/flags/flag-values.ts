import { isLayersError, LayersError } from '@layers/errors';
import type { Command } from '@layers/rewrite/config';
import { execForm, splitKeyValue } from '@layers/rewrite/dockerfile';

/** Throws ERR_LAYERS_USAGE for the value of an option. */
export function refuse(flag: string, value: string, problem: string, hint: string): never {
  throw new LayersError('ERR_LAYERS_USAGE', `${flag} ${JSON.stringify(value)}: ${problem}`, { hint });
}

/** Returns what `parse` returns; its ERR_LAYERS_DOCKERFILE becomes ERR_LAYERS_USAGE with the option and its value. */
export function asOption<T>(flag: string, value: string, parse: (value: string) => T): T {
  plainText(flag, value);
  try {
    return parse(value);
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_DOCKERFILE') throw error;
    return refuse(flag, value, error.message, error.hint ?? '');
  }
}

/** Returns the value unchanged. Throws ERR_LAYERS_USAGE where it is empty or contains a NUL. */
export function plainText(flag: string, value: string): string {
  if (value === '') refuse(flag, value, 'the value is empty', `${flag.replace('--', '--unset-')} removes it`);
  return withoutNul(flag, value);
}

/**
 * Splits `NAME=VALUE`. The shell has removed quotes already, so there are none to remove, unlike in ENV and LABEL.
 *
 * @param mayLackValue whether `NAME` alone stands for an empty value
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function keyValue(
  flag: string,
  value: string,
  { mayLackValue }: { readonly mayLackValue: boolean },
): readonly [name: string, value: string] {
  const [name, text] = splitKeyValue(withoutNul(flag, value));
  if (name === '') refuse(flag, value, 'the name is empty', `write ${flag} NAME=VALUE`);
  if (text === null && !mayLackValue) {
    refuse(flag, value, 'no value', `write ${flag} ${value}=VALUE, or ${value}= for an empty one`);
  }
  return [name, text ?? ''];
}

/** Parses a command as CMD does: a JSON list of words, or a shell command. Throws ERR_LAYERS_USAGE. */
export function commandOf(flag: string, value: string): Exclude<Command, null> {
  return asOption(flag, value, (text) => execForm(text, 'option') ?? { shell: text });
}

function withoutNul(flag: string, value: string): string {
  if (value.includes('\0')) {
    refuse(flag, value, 'the value contains a NUL', 'remove the NUL: a config cannot contain one');
  }
  return value;
}
