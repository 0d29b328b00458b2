/**
 * Returns a text for the user with the words by which the command was called: `docker layers inspect …` in place of
 * `layers inspect …`.
 *
 * @param commands the names of the commands: `layers` before another word is not the command
 */
export function calledAs(text: string, name: string, commands: readonly string[]): string {
  if (name === 'layers') return text;
  const next = [...commands, 'COMMAND', 'help', 'image', '--help', '--version'].join('|');
  const mention = new RegExp(`(?<![\\w/.@:-]|\\d |docker )layers(?= (?:${next})(?![\\w/.]))`, 'g');
  return text.replaceAll(mention, name);
}
