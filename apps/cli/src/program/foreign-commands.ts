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

/** Returns a hint about another tool's option of a command; undefined for unknown options. */
export function foreignOptionHint(command: string, option: string): string | undefined {
  const rows = Object.hasOwn(OTHER_OPTIONS, command) ? OTHER_OPTIONS[command] : undefined;
  return hintOf(rows ?? [], option) ?? hintOf(OTHER_OPTIONS['*'] ?? [], option);
}
