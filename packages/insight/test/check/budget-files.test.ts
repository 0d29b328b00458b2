import { isLayersError } from '@layers/errors';
import { mergeBudgets, NotALimit, parseBudgetFile, parseDiveFile, parseLimit } from '@layers/insight/check';
import { describe, expect, test } from 'vitest';

const parsed = (lines: readonly string[]) => parseBudgetFile(`${lines.join('\n')}\n`, 'ci.yaml');

/** Returns the message and the hint of the error. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!isLayersError(error)) throw error;
    expect([error.code, error.archive]).toEqual(['ERR_LAYERS_BUDGETS', 'ci.yaml']);
    return `${error.message} | ${error.hint}`;
  }
  throw new Error('no error');
}

describe('a file with budgets', () => {
  test('has limits that fail and warn, a floor, globs, labels and levels', async () => {
    const file = await parsed([
      'x-other: {tool: 1}',
      'check:',
      '  base: docker://debian:12',
      '  strict: true',
      '  efficiency: 95%',
      '  wastedShare:',
      '    fail: 0.1',
      '    warn: 0.05',
      '    floor: 1MB',
      '  layers: 30',
      "  forbiddenPaths: ['*.pem', /root/.ssh/**]",
      '  labels: {warn: [version, "a=b.*"]}',
      '  secrets: {level: warn, severity: error, baseline: known.json}',
      '  setuid: {allow: /bin/su}',
      '  user: warn',
      '  growth: off',
    ]);
    expect(file).toMatchObject({ base: 'docker://debian:12', against: null, strict: true });
    expect(file.budgets).toEqual({
      efficiency: { fail: { text: '95%', value: 0.95, unit: 'ratio', from: 'ci.yaml:5' } },
      'wasted-share': {
        fail: { text: '0.1', value: 0.1, unit: 'ratio', from: 'ci.yaml:7' },
        warn: { text: '0.05', value: 0.05, unit: 'ratio', from: 'ci.yaml:8' },
        floor: { text: '1MB', value: 1e6, unit: 'bytes', from: 'ci.yaml:9' },
      },
      layers: { fail: { text: '30', value: 30, unit: 'count', from: 'ci.yaml:10' } },
      'forbidden-paths': {
        fail: {
          text: '*.pem, /root/.ssh/**',
          value: 0,
          unit: 'count',
          from: 'ci.yaml:11',
          items: ['*.pem', '/root/.ssh/**'],
        },
      },
      labels: {
        warn: {
          text: 'version, a=b.*',
          value: 0,
          unit: 'count',
          from: 'ci.yaml:12',
          items: ['version', 'a=b.*'],
        },
      },
      secrets: {
        warn: { text: 'none', value: 0, unit: 'count', from: 'ci.yaml:13' },
        severity: 'error',
        baseline: 'known.json',
      },
      setuid: { fail: { text: 'none', value: 0, unit: 'count', from: 'ci.yaml:14' }, allow: ['/bin/su'] },
      user: { warn: { text: 'none', value: 0, unit: 'count', from: 'ci.yaml:15' } },
      growth: { off: true },
    });
  });

  test('switches off a rule, or one level of it', async () => {
    const { budgets } = await parsed([
      'check:',
      '  setuid: {level: off}',
      '  user: {level: false}',
      '  layers: {fail: off, warn: 3}',
      '  labels: {warn: off}',
    ]);
    expect(budgets).toMatchObject({
      setuid: { off: true },
      user: { off: true },
      layers: { fail: null, warn: { value: 3 } },
      labels: { warn: null },
    });
  });

  test.each([[''], ['# nothing'], ['check:'], ['x-other: 1'], ['--- {}']])(
    'may say nothing: %j',
    async (text) => {
      expect(await parseBudgetFile(text, 'x')).toEqual({
        budgets: {},
        base: null,
        against: null,
        strict: false,
      });
    },
  );

  test('may be JSON, and may use anchors', async () => {
    const { budgets } = await parseBudgetFile('{"check": {"layers": 3, "wastedBytes": "1 MiB"}}', 'x.json');
    expect([budgets.layers?.fail?.value, budgets['wasted-bytes']?.fail?.value]).toEqual([3, 2 ** 20]);
    const shared = await parsed(['check:', '  contentSize: &s {fail: 5k}', '  storedSize: *s']);
    expect(shared.budgets['stored-size']?.fail?.value).toBe(5000);
  });

  test.each([
    [['check:', '  eficiency: 1'], 'line 2: unknown key "eficiency" | did you mean efficiency?'],
    [['check:', '  layers:', '    max: 3'], 'line 3: unknown key "max" | the keys are fail, warn'],
    [['check:', '  layers: {fail: 3, floor: 1}'], 'line 2: unknown key "floor" | the keys are fail, warn'],
    [['check:', '  user: {allow: x}'], 'line 2: unknown key "allow" | the keys are level'],
    [
      ['check:', '', '  layers: many'],
      'line 3: "many" is not a number of layers | write it as a whole number from 0',
    ],
    [
      ['check:', '  efficiency: 95'],
      'line 2: "95" is not a share | write it from 0 to 1, such as 0.95, or as 95%',
    ],
    [
      ['check:', '  wastedBytes: 3 parsecs'],
      'line 2: "3 parsecs" is not a size | write it as 500, 10kB, 1.5MB or 1GiB',
    ],
    [['check:', '  wastedBytes: -1'], 'line 2: "-1" is not a size | write it as 500, 10kB, 1.5MB or 1GiB'],
    [
      ['check:', '  wastedBytes: [1]'],
      'line 2: a single value is expected here | write it after the colon: KEY: VALUE',
    ],
    [
      ['check:', '  wastedBytes:'],
      'line 2: a single value is expected here | write it after the colon: KEY: VALUE',
    ],
    [['check:', '  wastedBytes: {}'], 'line 2: no limit | write fail: LIMIT, or warn: LIMIT'],
    [['check: 5'], 'line 1: keys with values are expected here | write KEY: VALUE, indented by two blanks'],
    [['- check'], 'line 1: keys with values are expected here | write KEY: VALUE, indented by two blanks'],
    [['check:', '  user: maybe'], 'line 2: "maybe" is not fail, warn or off | write fail, warn or off'],
    [['check:', '  strict: perhaps'], 'line 2: "perhaps" is not true or false | write true or false'],
    [
      ['check:', '  secrets:', '    severity: high'],
      'line 3: "high" is not a severity | write one of error, warning, note',
    ],
    [
      ['check:', "  forbiddenPaths: ['a', '[z-a]']"],
      `line 2: "[z-a]" is not a glob | write it as '*.pem', or as '/etc/**' for a whole path`,
    ],
    [
      ['check:', '  labels: ["v=("]'],
      'line 2: "v=(" is not a label | write NAME, or NAME=PATTERN with a regular expression for the whole value',
    ],
    [
      ['check:', '  layers: 1', '  layers: 2'],
      'line 3: not valid YAML: Map keys must be unique | correct the file',
    ],
    [['check: 1', '---', 'check: 2'], 'several YAML documents | write one document'],
    [
      ['check:', '  forbiddenPaths: []'],
      'line 2: a glob is missing: an empty list checks nothing | write a glob, or off',
    ],
    [
      ['check:', '  labels: {warn: []}'],
      'line 2: a label is missing: an empty list checks nothing | write a label, or off',
    ],
    [
      ['check:', "  forbiddenPaths: ''"],
      `line 2: "" is not a glob | write it as '*.pem', or as '/etc/**' for a whole path`,
    ],
    [['check:', "  layers: ''"], 'line 2: "" is not a number of layers | write it as a whole number from 0'],
    [['check:', "  secrets: ''"], 'line 2: "" is not fail, warn or off | write fail, warn or off'],
    [
      ['check:', '  wastedBytes: 1,5kB'],
      'line 2: "1,5kB" is not a size | write it as 500, 10kB, 1.5MB or 1GiB',
    ],
    [
      ['x-a: 1', 'wastedBytes: 5kB'],
      'line 2: the key "wastedBytes" is at the top | write wastedBytes below check:, indented by two blanks',
    ],
    [
      ['wasted-bytes: 5kB'],
      'line 1: the key "wasted-bytes" is at the top | write wastedBytes below check:, indented by two blanks',
    ],
    [
      ['strict: true'],
      'line 1: the key "strict" is at the top | write strict below check:, indented by two blanks',
    ],
    [['Check:', '  layers: 3'], 'line 1: unknown key "Check" | did you mean check?'],
    [['chek:', '  layers: 3'], 'line 1: unknown key "chek" | did you mean check?'],
    [
      ['check: {layers: 3}', 'budgets: {}'],
      'line 2: unknown key "budgets" | the keys at the top are check, and any that begin with x-',
    ],
    [
      ['X-other: 1'],
      'line 1: unknown key "X-other" | the keys at the top are check, and any that begin with x-',
    ],
    [['[a]: 1'], 'line 1: unknown key "" | the keys at the top are check, and any that begin with x-'],
  ])('%j is refused with its line', async (lines, message) => {
    expect(await refusal(parsed(lines))).toBe(message);
  });
});

describe('a .dive-ci', () => {
  const dive = async (lines: readonly string[]) => {
    const { budgets, findings } = await parseDiveFile(`${lines.join('\n')}\n`, '.dive-ci');
    return {
      efficiency: budgets.efficiency?.off ? 'off' : budgets.efficiency?.fail?.value,
      bytes: budgets['wasted-bytes']?.off ? 'off' : budgets['wasted-bytes']?.fail?.value,
      share: budgets['wasted-share']?.off ? 'off' : budgets['wasted-share']?.fail?.value,
      findings: findings.map(({ message }) => message),
    };
  };
  const DEFAULTS = { efficiency: 0.9, bytes: undefined, share: 0.1, findings: [] };

  test('has the defaults of dive for what it does not say', async () => {
    expect(await dive([])).toEqual(DEFAULTS);
    expect(await dive(['rules:'])).toEqual(DEFAULTS);
    expect(await dive(['rules: {lowestEfficiency: }'])).toEqual(DEFAULTS);
    expect(await dive(['rules:', '  lowestEfficiency: 0.95', '  highestWastedBytes: 20MB'])).toEqual({
      ...DEFAULTS,
      efficiency: 0.95,
      bytes: 20e6,
    });
  });

  test.each([['disabled'], ['off'], ['false'], ['""'], ["''"], ['"disabled"']])(
    'switches off with %s',
    async (word) => {
      const lines = ['lowestEfficiency', 'highestWastedBytes', 'highestUserWastedPercent'].map(
        (rule) => `  ${rule}: ${word}`,
      );
      expect(await dive(['rules:', ...lines])).toEqual({
        efficiency: 'off',
        bytes: 'off',
        share: 'off',
        findings: [],
      });
    },
  );

  test.each([
    ['20MB', 20e6],
    ['20Mb', 20e6],
    ['"20 mb"', 20e6],
    ['20M', 20e6],
    ['20MiB', 20 * 2 ** 20],
    ['20Mi', 20 * 2 ** 20],
    ['1,500 KB', 1.5e6],
    ['1.5 kB', 1500],
    ['.5k', 500],
    ['5.k', 5000],
    ['1.0019k', 1001],
    // dive multiplies, which rounds.
    ['1.001kB', 1000],
    ['42', 42],
    ['1e3', 1000],
    ['1 B', 1],
    ['1EB', 1e18],
  ])('reads the size %s as dive does', async (text, bytes) => {
    expect((await dive(['rules:', `  highestWastedBytes: ${text}`])).bytes).toBe(bytes);
  });

  test('ignores case and what else it may hold, and names rules that dive does not have', async () => {
    const lines = ['plugins:', '  - plugin1', 'Rules:', '  LOWESTefficiency: 0.5', '  plugin1/rule1: error'];
    expect(await dive(lines)).toEqual({
      ...DEFAULTS,
      efficiency: 0.5,
      findings: ['the rule "plugin1/rule1" of .dive-ci is not used: dive does not have it'],
    });
  });

  test.each([
    ['lowestEfficiency: 95'],
    ['lowestEfficiency: -0.1'],
    ['lowestEfficiency: NaN'],
    ['lowestEfficiency: .nan'],
    ['highestUserWastedPercent: 1.1'],
    ['highestUserWastedPercent: x'],
    ['highestWastedBytes: 5 bananas'],
    ['highestWastedBytes: MB'],
    ['highestWastedBytes: 1i'],
    ['highestWastedBytes: 99EB'],
    ['highestWastedBytes: {fail: 5}'],
  ])('refuses %s, as dive does', async (line) => {
    expect(await refusal(parseDiveFile(`rules:\n  ${line}\n`, 'ci.yaml'))).toMatch(/^line 2: /);
  });
});

describe('budgets of several places', () => {
  const limit = (text: string) => parseLimit('layers', [text], text);

  test('are merged limit by limit: the first wins', () => {
    expect(
      mergeBudgets({ layers: { fail: limit('1') } }, { layers: { fail: limit('2'), warn: limit('3') } }),
    ).toEqual({
      layers: { fail: limit('1'), warn: limit('3') },
    });
    expect(mergeBudgets({}, { layers: { fail: limit('2') } }, { growth: { off: true } })).toEqual({
      layers: { fail: limit('2') },
      growth: { off: true },
    });
  });

  test('can be switched off, and on again', () => {
    const on = { layers: { fail: limit('1') } };
    const off = { layers: { off: true } };
    expect(mergeBudgets(off, on)).toEqual(off);
    expect(mergeBudgets(on, off)).toEqual(on);
  });
});

test.each([
  ['efficiency', ''],
  ['efficiency', '1.01'],
  ['efficiency', '101%'],
  ['efficiency', '0x1'],
  ['efficiency', 'Infinity'],
  ['layers', '1.5'],
  ['growth', '-5%'],
  ['growth', '%'],
  ['wasted-bytes', ''],
  ['wasted-bytes', '.'],
  ['wasted-bytes', '1,5kB'],
  ['wasted-bytes', '1i'],
  ['forbidden-paths', ' '],
  ['secrets', 'x'],
  ['labels', '=x'],
] as const)('%s: %j is no limit', (rule, text) => {
  expect(() => parseLimit(rule, [text], 'x')).toThrow(NotALimit);
});

test.each([
  ['1.001kB', 1001],
  ['1.0019kB', 1001],
  ['2.3MB', 2_300_000],
  ['4.35kB', 4350],
  ['1.5GiB', 1.5 * 2 ** 30],
  ['.5k', 500],
  ['5.k', 5000],
])('the size %s is exact', (text, bytes) => {
  expect(parseLimit('wasted-bytes', [text], 'x').value).toBe(bytes);
});

test('percentages are as exact as shares', () => {
  for (let i = 0; i <= 1000; i++) {
    const percent = parseLimit('efficiency', [`${(i / 10).toFixed(1)}%`], 'x');
    expect(percent.value).toBe(Number(`0.${String(i).padStart(4, '0').slice(1)}`) + (i === 1000 ? 1 : 0));
  }
});
