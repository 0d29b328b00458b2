import { BUILT_IN_RULES } from '../../src/secrets/built-in-rules.ts';
import type { SecretRule } from '../../src/secrets/rule.ts';
import { type CompiledRules, compileRules } from '../../src/secrets/scan/compiled-rules.ts';
import { ContentScanner } from '../../src/secrets/scan/content-scanner.ts';
import type { FoundSecret } from '../../src/secrets/scan/found-secret.ts';
import { RuleGuard } from '../../src/secrets/scan/rule-guard.ts';

export const BUILT_IN: CompiledRules = compileRules(BUILT_IN_RULES);

/** A secret with the id of its rule. */
export interface Found extends Omit<FoundSecret, 'rule'> {
  readonly rule: string;
}

/** Scans a content that arrives in pieces that end at `cuts`. */
export function scanned(
  content: Uint8Array | string,
  {
    path = '/srv/file',
    rules = BUILT_IN,
    cuts = [],
    within = 'files',
    guard = new RuleGuard(),
  }: {
    readonly path?: string | undefined;
    readonly rules?: CompiledRules;
    readonly cuts?: readonly number[];
    readonly within?: 'files' | 'config';
    readonly guard?: RuleGuard;
  } = {},
): Found[] {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const scanner = new ContentScanner(rules, guard, within);
  scanner.start(within === 'config' ? '' : path, bytes.length);
  let from = 0;
  for (const to of [...[...cuts].sort((a, b) => a - b), bytes.length]) {
    if (to > from) scanner.write(bytes.subarray(from, to));
    from = Math.max(from, to);
  }
  return scanner
    .end()
    .secrets.map((secret) => ({ ...secret, rule: rules.rules[secret.rule]?.rule.id ?? '' }));
}

export function compiledOf(...rules: readonly SecretRule[]): CompiledRules {
  return compileRules(rules);
}
