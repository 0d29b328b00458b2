import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (name: string): string =>
  fileURLToPath(new URL(`../../packages/${name}/src/index.ts`, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: {
    alias: {
      '@layers/tar': source('tar'),
      '@layers/core': source('core'),
      '@layers/rewrite': source('rewrite'),
      '@layers/store': source('store'),
    },
  },
  test: {
    include: ['test/counterparts/**/*.test.ts', 'packages/*/test/**/*.counterpart.test.ts'],
    // What these compare with is installed before them: it may not be missing.
    env: { LAYERS_COUNTERPARTS: 'required', LAYERS_STORE: '/nonexistent/layers-store' },
    setupFiles: ['test/support/fixed-seed.ts'],
    globalSetup: ['test/counterparts/global-setup.ts'],
    // One daemon serves every file, and a handful of its requests already keep two cores busy.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});
