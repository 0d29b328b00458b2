import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run the sources; only worker threads and the command run what was built from them.
    alias: {
      '@layers/tar': source('packages/tar/src/index.ts'),
      '@layers/core': source('packages/core/src/index.ts'),
      '@layers/rewrite': source('packages/rewrite/src/index.ts'),
      '@layers/store': source('packages/store/src/index.ts'),
    },
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/counterparts/**'],
    setupFiles: ['test/support/fixed-seed.ts'],
    // A name that is no file is looked for in a store: never in that of whoever runs the tests.
    env: { LAYERS_STORE: '/nonexistent/layers-store' },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
