import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const workflow = parse(textOf('.github/workflows/release.yml'));
const steps: readonly { readonly uses?: string; readonly run?: string }[] = workflow.jobs.publish.steps;

test('the release uses actions by their SHA, and only the rights that it needs', () => {
  for (const { uses, run } of steps) {
    if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    expect(run ?? '').not.toContain('${{');
  }
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.publish.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
});

test('the release publishes with the pnpm of this repository, after the checks of packages', () => {
  const { packageManager } = JSON.parse(textOf('package.json'));
  const runs = steps.flatMap(({ run }) => run ?? []);
  const version = String(packageManager).replace(/\+.*/, '');
  const order = [version, 'check-packages.mjs --publish', 'changeset publish', 'git push --tags'].map(
    (part) => runs.findIndex((run) => run.includes(part)),
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});
