import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { reading } from '@layers/core/io';
import { type ParsedRules, parseRuleFile } from './parse-rules.js';
import type { CustomRule, RuleFile } from './rule-file.js';

/** How many files may extend each other, as for gitleaks. */
const MAX_FILES = 3;

/**
 * Reads a file of rules in the TOML format of gitleaks, and the files that it extends.
 *
 * @throws LayersError ERR_LAYERS_READ, ERR_LAYERS_RULES
 */
export function loadRules(path: string): RuleFile {
  let file = parseRuleFile(readText(path), path);
  let directory = dirname(path);
  for (let count = 1; file.extendedPath !== null && count < MAX_FILES; count++) {
    const next = resolve(directory, file.extendedPath);
    file = extended(file, parseRuleFile(readText(next), next));
    directory = dirname(next);
  }
  const { extendedPath, ...rules } = file;
  if (extendedPath === null) return rules;
  const reason = `${MAX_FILES} files extend each other, and further ones are not read`;
  return { ...rules, unused: [...rules.unused, { rule: 'extend', reason }] };
}

function readText(path: string): string {
  return reading(path, () => readFileSync(path, 'utf8'));
}

/** Adds the rules of a file that another one extends. Of two rules with an id, the one of the extending file counts. */
function extended(file: ParsedRules, base: ParsedRules): ParsedRules {
  const own = new Map(file.rules.map((rule) => [rule.id, rule]));
  const kept = base.rules.flatMap((rule): CustomRule[] => {
    const change = own.get(rule.id);
    if (file.disabledRules.includes(rule.id)) return [];
    if (change === undefined) return [rule];
    if (change.pattern !== null || change.path !== null) return [];
    own.delete(rule.id);
    return [{ ...rule, allowlists: [...rule.allowlists, ...change.allowlists] }];
  });
  return {
    usesBuiltIn: file.usesBuiltIn || base.usesBuiltIn,
    extendedPath: base.extendedPath,
    disabledRules: [...file.disabledRules, ...base.disabledRules],
    rules: [...own.values(), ...kept],
    allowlists: [...file.allowlists, ...base.allowlists],
    unused: [...file.unused, ...base.unused],
  };
}
