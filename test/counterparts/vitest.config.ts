import { defineConfig } from 'vitest/config';
import { alias, root } from '../../vitest.config.ts';

export default defineConfig({
  root,
  resolve: { alias },
  test: {
    include: ['test/counterparts/**/*.test.ts', 'packages/*/test/**/*.counterpart.test.ts'],
    // The programs that these tests compare with are installed first: none may be missing.
    env: { LAYERS_REQUIRE_TOOLS: '1', LAYERS_STORE: '/nonexistent/layers-store' },
    setupFiles: ['packages/testing/src/fixed-seed.ts'],
    globalSetup: ['test/counterparts/global-setup.ts'],
    // One daemon serves every file, and a handful of its requests already keep two cores busy.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
