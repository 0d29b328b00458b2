import { entropyOf } from './entropy.js';

const WORDS =
  /example|sample|dummy|placeholder|change[-_ ]?(?:me|it|this)|your[-_ ]|insert|replace|redacted|not[-_ ]?(?:a[-_ ])?(?:real|secret)|fake|xxxx|\*\*\*|\.\.\.\.|(?:01|12)23456789|abcdefgh|deadbeef/i;

/** Returns whether a text stands for a secret in documentation, or is too regular to be random. */
export function isPlaceholder(text: string): boolean {
  return WORDS.test(text) || entropyOf(text) < LEAST_ENTROPY;
}

/** Random text of 16 hexadecimal digits or more is below this once in a million. */
const LEAST_ENTROPY = 2.2;

/** Returns whether a value refers to one that is set elsewhere: a variable, a template, a command, a file. */
export function isReference(value: string): boolean {
  return /^(?:[$%<{[(]|\/run\/secrets\/|file:|vault:|env:|ref:|sops:|arn:|projects\/)|\$\{|\$\(|\{\{|%[A-Z_]+%/.test(
    value,
  );
}
