import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openImage } from '@layers/core';
import { findSecrets, loadRules } from '@layers/insight';
import { archiveOf } from '@layers/testing/diff-archives';
import { githubToken, made } from '@layers/testing/made-secrets';
import { NEGATIVE, POSITIVE } from '@layers/testing/secret-samples';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'layers-gitleaks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasGitleaks = spawnSync('gitleaks', ['version']).status === 0;

/** The rules that gitleaks comes with, where Go keeps its sources; undefined where they are not there. */
function ownRules(): string | undefined {
  const cache = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).stdout?.trim() ?? '';
  const sources = join(cache, 'github.com/zricethezav/gitleaks');
  if (cache === '' || !existsSync(sources)) return undefined;
  const versions = readdirSync(sources).filter((name) => name.startsWith('v8@'));
  return versions.map((name) => join(sources, name, 'config/gitleaks.toml')).find((path) => existsSync(path));
}

type Files = ReadonlyMap<string, string>;

let trees = 0;

/** Returns rule, path and line of everything that gitleaks finds in files. */
function foundByGitleaks(files: Files, rules: string): string[] {
  const name = `tree-${trees++}`;
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
  const report = join(folder, `${name}.json`);
  const options = [
    '--report-format',
    'json',
    '--report-path',
    report,
    '--exit-code',
    '0',
    '--max-decode-depth',
    '0',
  ];
  const { status, stderr } = spawnSync('gitleaks', ['dir', '.', '-c', rules, ...options], {
    cwd: join(folder, name),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const found: { RuleID: string; File: string; StartLine: number }[] = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  return unique(found.map(({ RuleID, File, StartLine }) => `${RuleID} /${File}:${StartLine}`));
}

async function foundHere(files: Files, rules: string): Promise<string[]> {
  const archive = join(folder, `archive-${trees}.tar`);
  writeFileSync(
    archive,
    archiveOf([Array.from(files, ([path, text]) => ({ path, data: Buffer.from(text) }))]),
  );
  const { secrets } = await findSecrets(await openImage(archive), { rules: loadRules(rules) });
  return unique(
    secrets.flatMap(({ rule, place }) =>
      place.kind === 'file' ? [`${rule} ${place.path}:${place.line}`] : [],
    ),
  );
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort();
}

const samples: Files = new Map([
  ...POSITIVE.map(({ path = '/file.txt', text }, i) => [`positive-${i}${path}`, text] as const),
  ...NEGATIVE.map(({ path = '/file.txt', text }, i) => [`negative-${i}${path}`, text] as const),
]);

const RULES = `
title = "Rules with all fields"
[[rules]]
id = "own-key"
description = "Own key"
regex = '''(?i)\\bown[_-]?key\\s*[=:]\\s*["']?([a-z0-9]{12,40})\\b'''
keywords = ["own_key", "own-key", "ownkey"]
entropy = 3.0
[[rules.allowlists]]
stopwords = ["example"]
[[rules.allowlists]]
condition = "AND"
regexes = ['''^aaaa''']
paths = ['''allowed/''']
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''# nothing$''']
[[rules]]
id = "grouped"
regex = '''(user)=([a-z]+);(pass)=([A-Za-z0-9]{8,})'''
secretGroup = 4
keywords = ["pass="]
[[rules]]
id = "only-yaml"
regex = '''(?m)^token: (?P<value>\\S{10,})$'''
path = '''\\.ya?ml$'''
[[rules]]
id = "classes"
regex = '''[[:upper:]]{3}-[[:digit:]]{4}-(?i:[a-f]{4})[^\\s"]{2}\\x21'''
[allowlist]
paths = ['''ignored/''']
regexes = ['''^globally''']
`;

const FILES: Files = new Map([
  [
    'a.txt',
    `OWN_KEY = ${made(20, 'abcdefghij0123456789')}\nown-key: "${made(16, 'abcdefghij0123456789', 3)}"\n`,
  ],
  ['low.txt', 'own_key = aaaaaaaaaaaaaaaa\n'],
  ['stop.txt', `own_key = ${made(12, 'abcdefghij')}example1\n`],
  ['allowed/a.txt', `own_key = aaaa${made(20, 'bcdefghij0123456789')}\n`],
  ['other/a.txt', `own_key = aaaa${made(20, 'bcdefghij0123456789')}\n`],
  ['line.txt', `own_key = ${made(20, 'abcdefghij0123456789', 5)} # nothing\n`],
  ['ignored/a.txt', `own_key = ${made(20, 'abcdefghij0123456789', 6)}\n`],
  ['grouped.txt', `x\n\nuser=me;pass=${made(10)}\nuser=me;pass=short\n`],
  ['a.yml', `a: 1\ntoken: ${made(15)}\n`],
  ['a.json', `token: ${made(15)}\n`],
  ['classes.txt', 'ABC-1234-aBcDxy!\nabc-1234-abcdxy!\nABC-1234-abcd"y!\n'],
  ['tokens.txt', githubToken()],
]);

describe.skipIf(!hasGitleaks)('rules of gitleaks', () => {
  it('with all fields find the same here', async () => {
    const rules = join(folder, 'rules.toml');
    writeFileSync(rules, RULES);
    const expected = foundByGitleaks(FILES, rules);
    expect(expected.length).toBeGreaterThan(5);
    expect(await foundHere(FILES, rules)).toEqual(expected);
  });

  const rules = ownRules();
  it.skipIf(rules === undefined)('that it comes with find the same here', async () => {
    const path = rules ?? '';
    const expected = foundByGitleaks(samples, path);
    expect(expected.length).toBeGreaterThan(50);
    expect(loadRules(path).unused).toEqual([]);
    expect(await foundHere(samples, path)).toEqual(expected);
  });
});
