import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export const root = fileURLToPath(new URL('.', import.meta.url));

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests run the sources. Only worker threads and the spawned command run the build. */
export const alias = [
  { find: '@layers/cli', replacement: source('apps/cli/src/program/run.ts') },
  { find: /^@layers\/testing\/(.+)$/, replacement: source('packages/testing/src/$1.ts') },
  {
    find: /^@layers\/(errors|tar|core|rewrite|store)\/(.+)$/,
    replacement: source('packages/$1/src/$2/index.ts'),
  },
  { find: /^@layers\/(errors|tar|core|rewrite|store)$/, replacement: source('packages/$1/src/index.ts') },
];

export default defineConfig({
  root,
  resolve: { alias },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/counterparts/**'],
    setupFiles: ['packages/testing/src/fixed-seed.ts'],
    // A name that is no file is looked for in a store: never in that of whoever runs the tests.
    env: { LAYERS_STORE: '/nonexistent/layers-store' },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
