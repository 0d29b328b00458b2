import { defineConfig } from 'vitest/config';
import { alias, root } from '../../vitest.config.ts';

export default defineConfig({
  root,
  resolve: { alias },
  test: {
    include: ['test/counterparts/**/*.test.ts', 'packages/*/test/**/*.counterpart.test.ts'],
    // The tests need all programs: CI installs them first.
    env: { LAYERS_REQUIRE_TOOLS: '1', LAYERS_STORE: '/proc/nonexistent/store' },
    setupFiles: ['packages/testing/src/fixed-seed.ts'],
    globalSetup: ['test/counterparts/global-setup.ts'],
    // All files share one daemon, and a few requests keep two cores busy.
    fileParallelism: false,
    testTimeout: 600_000,
    // What a page shows after a click; two busy cores take a while.
    expect: { poll: { timeout: 30_000, interval: 20 } },
    hookTimeout: 300_000,
  },
});
