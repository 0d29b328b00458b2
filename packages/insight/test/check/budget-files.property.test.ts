import { isLayersError } from '@layers/errors';
import { parseBudgetFile, parseDiveFile } from '@layers/insight/check';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('a file of any content gives budgets, or an error that says where', async () => {
  const word = fc.constantFrom(
    'check:',
    '  efficiency:',
    '  layers: 3',
    '    fail: 1',
    '- x',
    '{',
    '}',
    '[',
    '&a',
    '*a',
    '? ',
    '!!binary a',
    '|',
    '>',
    "'",
    '"',
    '\t',
    '%YAML 1.1',
    '---',
    '...',
    '<<: *a',
    '  secrets: {level: warn}',
    'null',
    '~',
    '\0',
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 12 }).map((words) => words.join('\n')),
    fc.array(word, { maxLength: 8 }).map((words) => `check:\n  layers: ${words.join(' ')}`),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.json(),
    fc
      .dictionary(fc.constantFrom('layers', 'labels', 'user', 'growth', 'base'), fc.jsonValue())
      .map((check) => JSON.stringify({ check })),
  );
  await fc.assert(
    fc.asyncProperty(text, async (source) => {
      for (const parse of [parseBudgetFile, parseDiveFile]) {
        try {
          const { budgets } = await parse(source, 'f');
          for (const { fail, warn } of Object.values(budgets))
            for (const limit of [fail, warn])
              if (limit !== undefined && limit !== null) expect(limit.value).toBeGreaterThanOrEqual(0);
        } catch (error) {
          if (!isLayersError(error)) throw error;
          expect([error.code, error.archive]).toEqual(['ERR_LAYERS_BUDGETS', 'f']);
        }
      }
    }),
    { numRuns: runs(60, 20_000) },
  );
});
