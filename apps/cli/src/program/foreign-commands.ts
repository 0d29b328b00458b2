import { hintOf, OTHER_COMMANDS, OTHER_OPTIONS, TOOLS } from './other-tools.js';
import { GROUPS } from './program.js';

/** Returns a hint about the equivalent of another tool's command; undefined for unknown names. */
export function foreignCommandHint(words: readonly string[]): string | undefined {
  const [tool = '', ...rest] = words;
  const isTool = TOOLS.has(tool) && rest.length > 0;
  const [first = '', second] = isTool ? rest : words;
  const records = GROUPS.flatMap(({ commands }) => commands);
  // One word can mean another command in each tool.
  const ofTool = isTool ? [`${tool} ${first}`] : [];
  const names = [...ofTool, ...(second === undefined ? [] : [`${first} ${second}`]), first];
  for (const name of names) {
    const record = records.find(
      ({ name: own, otherNames = [] }) => otherNames.includes(name) || (isTool && own === name),
    );
    if (record !== undefined) return `layers ${record.name} does this: see layers ${record.name} --help`;
    const hint = hintOf(OTHER_COMMANDS, name);
    if (hint !== undefined) return hint;
  }
  return TOOLS.get(tool);
}

/** Returns the command that a word means which is its singular or plural: `secrets` for `secret`. */
export function otherNumberOf(word: string): string | undefined {
  const forms = [`${word}s`, ...(word.endsWith('s') ? [word.slice(0, -1)] : [])];
  return GROUPS.flatMap(({ commands }) => commands).find(({ name }) => forms.includes(name))?.name;
}

/**
 * Returns up to three options of a command that have all words of an unknown option: `--max-stored-size` for `--max-size`.
 * Those that turn something off are others.
 */
export function longerOptions(command: string, option: string): readonly string[] {
  const words = option.replace(/^-+/, '').split('-');
  if (!option.startsWith('--') || words.includes('')) return [];
  const record = GROUPS.flatMap(({ commands }) => commands).find(({ name }) => name === command);
  const names = (record?.options ?? []).flatMap(({ flags }) => /--([\w-]+)/.exec(flags)?.[1] ?? []);
  return names
    .filter((name) => {
      const own = name.split('-');
      return own[0] !== 'no' && own[0] !== 'unset' && words.every((word) => own.includes(word));
    })
    .slice(0, MOST_OPTIONS)
    .map((name) => `--${name}`);
}

const MOST_OPTIONS = 3;

/** Returns a hint about another tool's option of a command; undefined for unknown options. */
export function foreignOptionHint(command: string, option: string): string | undefined {
  const rows = Object.hasOwn(OTHER_OPTIONS, command) ? OTHER_OPTIONS[command] : undefined;
  return hintOf(rows ?? [], option) ?? hintOf(OTHER_OPTIONS['*'] ?? [], option);
}
