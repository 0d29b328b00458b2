import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints at the end of a run how many cases were skipped, and why. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const reason = reasonOf(test);
        if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      console.log(`skipped ${count} ${count === 1 ? 'case' : 'cases'}: ${reason}`);
    }
  }
}

/** Returns undefined for a case that a filter of the command line excluded. */
function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return test.meta().missing ?? (result.state === 'skipped' ? result.note : undefined);
}
