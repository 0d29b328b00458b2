import { parseBudgetFile } from '@layers/insight/check';
import { expect, test } from 'vitest';

const parsed = (text: string) => parseBudgetFile(text, 'ci.yaml');

test('a file is refused where it is too deep or too long', async () => {
  for (const text of [
    '['.repeat(99_999),
    `check: ${'{a: '.repeat(20_000)}`,
    '- '.repeat(40_000),
    '? '.repeat(49_000),
  ])
    await expect(parsed(text)).rejects.toThrow('nested too deeply');
  await expect(parsed(' '.repeat(100_001))).rejects.toThrow('too long');
});

test('aliases that multiply do no harm', async () => {
  const lines = Array.from({ length: 30 }, (_, i) => `x-l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
  const { budgets } = await parsed(['x-l0: &l0 [x]', ...lines, 'check: {layers: 1}'].join('\n'));
  expect(budgets.layers?.fail?.value).toBe(1);
  await expect(parsed('check: &a {forbiddenPaths: [*a]}')).rejects.toThrow(/a single value|not valid/);
});
