import { githubToken, made } from '@layers/testing/made-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/secrets/custom/load-rules.ts';
import { rulesOf } from '../../src/secrets/custom/rules-of.ts';
import { compileRules } from '../../src/secrets/scan/compiled-rules.ts';
import { scanned } from './scanned.ts';

const scratch = useScratch();

function load(toml: string, name?: string) {
  return loadRules(scratch.file(Buffer.from(toml), name));
}

/** Returns rule and secret of everything that the rules of a file find. */
function find(toml: string, content: string, path?: string): string[] {
  const rules = compileRules(rulesOf(load(toml)));
  return scanned(content, { rules, path }).map(({ rule, secret }) => `${rule}: ${secret}`);
}

const OWN = `
[[rules]]
id = "own"
description = "Own key"
regex = '''(?i)own[_-]?key\\s*=\\s*([a-z0-9]{8,20})'''
keywords = ["own"]
`;

describe('a rule of a file', () => {
  it('has the first group as the secret', () => {
    expect(find(OWN, 'OWN_KEY = abc12345\nown-key=zzzzzzzzz')).toEqual(['own: abc12345', 'own: zzzzzzzzz']);
  });

  it('has the group that it names as the secret', () => {
    const rule = "[[rules]]\nid = 'x'\nregex = '(a+)-(b+)'\nsecretGroup = 2\n";
    expect(find(rule, 'aa-bbb')).toEqual(['x: bbb']);
  });

  it('has the whole match as the secret without a group', () => {
    expect(find("[[rules]]\nid = 'x'\nregex = 'a+-b+'\n", 'aa-bbb')).toEqual(['x: aa-bbb']);
  });

  it('ignores secrets up to its entropy', () => {
    const rule = "[[rules]]\nid = 'x'\nregex = '[a-d]{8}'\nentropy = 1.5\n";
    expect(find(rule, 'aaaabbbb abcdabcd')).toEqual(['x: abcdabcd']);
  });

  it('reads only the files of its path', () => {
    const rule = "[[rules]]\nid = 'x'\nregex = 'needle'\npath = '^srv/.*\\.ya?ml$'\n";
    expect(find(rule, 'needle', '/srv/a.yml')).toEqual(['x: needle']);
    expect(find(rule, 'needle', '/opt/srv/a.yml')).toEqual([]);
  });

  it('without a regex is about paths', () => {
    expect(find("[[rules]]\nid = 'p12'\npath = '(?i)\\.p12$'\n", 'any', '/a.P12')).toEqual(['p12: ']);
  });

  it.each([
    ['regexes', "regexes = ['^abc']", ['own: zzzzzzzz']],
    ['regexes of the match', "regexTarget = 'match'\nregexes = ['own_key = a']", ['own: zzzzzzzz']],
    ['regexes of the line', "regexTarget = 'line'\nregexes = ['# test']", ['own: abc12345']],
    ['stopwords', "stopwords = ['C1234']", ['own: zzzzzzzz']],
    ['paths', "paths = ['^srv/']", []],
    ['other paths', "paths = ['^opt/']", ['own: abc12345', 'own: zzzzzzzz']],
    ['all conditions', "condition = 'AND'\npaths = ['^srv/']\nstopwords = ['zzz']", ['own: abc12345']],
    ['one of the conditions', "paths = ['^opt/']\nstopwords = ['zzz']", ['own: abc12345']],
    [
      'all conditions, of which one fails',
      "condition = 'AND'\npaths = ['^opt/']\nstopwords = ['zzz']",
      ['own: abc12345', 'own: zzzzzzzz'],
    ],
  ])('allows by %s', (_, list, expected) => {
    const content = 'own_key = abc12345\nown_key = zzzzzzzz # test\n';
    for (const place of ['[[rules.allowlists]]', '[rules.allowlist]'])
      expect(find(`${OWN}\n${place}\n${list}\n`, content, '/srv/file')).toEqual(expected);
    for (const place of ['[allowlist]', '[[allowlists]]', "[[allowlists]]\ntargetRules = ['own', 'b']"])
      expect(find(`${place}\n${list}\n${OWN}`, content, '/srv/file')).toEqual(expected);
    expect(find(`[[allowlists]]\ntargetRules = ['b']\n${list}\n${OWN}`, content, '/srv/file')).toHaveLength(
      2,
    );
  });
});

describe('a file of rules', () => {
  it('reports by a generic rule only what no other rule finds', () => {
    const rules =
      "[[rules]]\nid = 'generic-key'\nregex = 'key-[a-z]+'\n[[rules]]\nid = 'own'\nregex = 'key-[b-z]+'\n";
    expect(find(rules, 'key-aa key-bb')).toEqual(['generic-key: key-aa', 'own: key-bb']);
  });

  it('replaces the built-in rules', () => {
    expect(find(OWN, githubToken())).toEqual([]);
  });

  it('can add to the built-in rules, and disable some', () => {
    const content = `own_key=abc12345\n${githubToken()}\nxoxb-${made(12, '0123456789')}-${made(24)}`;
    const ids = (toml: string): string[] => find(toml, content).map((text) => text.split(':')[0] ?? '');
    expect(ids(`[extend]\nuseDefault = true\n${OWN}`)).toEqual(['own', 'github-token', 'slack-token']);
    expect(ids("[extend]\nuseDefault = true\ndisabledRules = ['slack-token']\n")).toEqual(['github-token']);
  });

  it('can allow what a built-in rule finds', () => {
    const change =
      "[extend]\nuseDefault = true\n[[rules]]\nid = 'github-token'\n[[rules.allowlists]]\nregexes = ['^gho_']\n";
    expect(find(change, `${githubToken(1, 'gho')} ${githubToken(2, 'ghp')}`)).toHaveLength(1);
  });

  it('can extend another file', () => {
    scratch.file(
      Buffer.from("[[rules]]\nid = 'own'\nregex = 'base'\n[[rules]]\nid = 'b'\nregex = 'needle'\n"),
      'base.toml',
    );
    const path = scratch.file(Buffer.from(`[extend]\npath = 'base.toml'\n${OWN}`), 'top.toml');
    const rules = compileRules(rulesOf(loadRules(path)));
    expect(scanned('own_key=abc12345 base needle', { rules }).map(({ rule }) => rule)).toEqual(['own', 'b']);
  });

  it('that extends itself ends', () => {
    const path = scratch.file(Buffer.from(`[extend]\npath = 'loop.toml'\n${OWN}`), 'loop.toml');
    expect(loadRules(path).unused).toMatchObject([{ rule: 'extend' }]);
  });

  it('lists the rules that have no translation, without their patterns', () => {
    const file = load(`${OWN}\n[[rules]]\nid = 'odd'\nregex = 'hunter2(?!x)'\n`);
    expect(file.unused).toEqual([{ rule: 'odd', reason: 'it has a group that RE2 does not know' }]);
    expect(file.rules.map(({ id }) => id)).toEqual(['own']);
  });

  it.each([
    ['[[rules]\nsecret = "hunter2"', 'line 1, column'],
    ['rules = "hunter2"', '"rules" is not a list'],
    ["[[rules]]\nid = 5\nregex = 'hunter2'", '"id" is not a string'],
    ["[[rules]]\nkeywords = 'hunter2'", '"keywords" is not a list'],
    ['title = "hunter2"', 'no rules'],
  ])('%j is refused without being quoted', (toml, message) => {
    let error: unknown;
    try {
      load(toml);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'ERR_LAYERS_RULES', message: expect.stringContaining(message) });
    expect(
      `${error instanceof Error ? `${error.message}${error.stack}${String(error.cause)}` : ''}`,
    ).not.toContain('hunter2');
  });
});
