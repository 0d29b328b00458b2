import { LayersError } from '@layers/errors';
import { parse, TomlError } from 'smol-toml';
import { Fields } from './fields.js';
import type { Allowlist, CustomRule, Pattern, RuleFile } from './rule-file.js';
import { type Translation, translatePattern, Untranslatable } from './translate-pattern.js';

/** A parsed file, and the file that it extends. */
export interface ParsedRules extends RuleFile {
  /** As written; null where the file extends none. */
  readonly extendedPath: string | null;
}

/**
 * Parses rules in the TOML format of gitleaks. A rule that cannot be used is listed in `unused`.
 *
 * @param file its name, for errors
 * @throws LayersError ERR_LAYERS_RULES for a file that is not TOML or has no rules
 */
export function parseRuleFile(text: string, file: string): ParsedRules {
  const unused: { rule: string; reason: string }[] = [];
  const root = new Fields(parseToml(text, file), file);
  const extend = root.table('extend');
  const rules = root.tables('rules').flatMap((fields, position) => {
    const id = fields.text('id') ?? `#${position + 1}`;
    try {
      return [ruleOf(id, fields)];
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      unused.push({ rule: id, reason: error.message });
      return [];
    }
  });
  const lists = [...tableOrNone(root, 'allowlist'), ...root.tables('allowlists')];
  const allowlists = lists.flatMap((fields) => {
    try {
      return [allowlistOf(fields)];
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      unused.push({ rule: 'allowlist', reason: error.message });
      return [];
    }
  });
  const usesBuiltIn = extend?.flag('useDefault') ?? false;
  const extendedPath = extend?.text('path') ?? null;
  if (rules.length + unused.length === 0 && !usesBuiltIn && extendedPath === null) throw noRules(file);
  return {
    usesBuiltIn,
    extendedPath,
    disabledRules: extend?.texts('disabledRules') ?? [],
    rules,
    allowlists,
    unused,
  };
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message of the error quotes lines of the file, which may contain a secret.
    const message = `not a TOML file: line ${error.line}, column ${error.column} is invalid`;
    throw new LayersError('ERR_LAYERS_RULES', message, { archive: file, hint: 'correct the file' });
  }
}

function noRules(file: string): LayersError {
  return new LayersError('ERR_LAYERS_RULES', 'no rules: the file has no [[rules]]', {
    archive: file,
    hint: 'each rule needs an id and a regex; [extend] with useDefault = true uses the built-in rules too',
  });
}

function tableOrNone(fields: Fields, name: string): Fields[] {
  const table = fields.table(name);
  return table === null ? [] : [table];
}

function ruleOf(id: string, fields: Fields): CustomRule {
  const regex = fields.text('regex');
  const path = fields.text('path');
  const translated = regex === null ? null : translatePattern(regex);
  if (fields.tables('required').length > 0)
    throw new Untranslatable('it requires matches of other rules, which is not supported');
  return {
    id,
    description: fields.text('description') ?? id,
    pattern: translated?.pattern ?? null,
    isLong: translated?.isLong ?? false,
    path: path === null ? null : pathPattern(path),
    keywords: fields.texts('keywords').filter((keyword) => keyword !== ''),
    entropy: fields.number('entropy'),
    secretGroup: fields.number('secretGroup') || null,
    allowlists: [...tableOrNone(fields, 'allowlist'), ...fields.tables('allowlists')].map(allowlistOf),
  };
}

/** Paths in these files have no slash at the start; those of images begin with one. */
function pathPattern(source: string): Pattern {
  const { pattern } = translatePattern(source);
  return { ...pattern, source: pattern.source.replace(/^\^(?!\\x2f)/, '^\\/?') };
}

function allowlistOf(fields: Fields): Allowlist {
  const target = fields.text('regexTarget') ?? 'secret';
  const rules = fields.texts('targetRules');
  return {
    needsAll: /^(?:and|&&)$/i.test(fields.text('condition') ?? 'or'),
    regexes: fields.texts('regexes').map((regex): Translation['pattern'] => translatePattern(regex).pattern),
    target: target === 'line' || target === 'match' ? target : 'secret',
    paths: fields.texts('paths').map((path) => translatePattern(path).pattern),
    stopwords: fields.texts('stopwords'),
    rules: rules.length === 0 ? null : rules,
  };
}
