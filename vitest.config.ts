import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export const root = fileURLToPath(new URL('.', import.meta.url));

const source = (path: string): string => join(root, path);

/** Tests run the sources. Only worker threads and the command run the build. */
export const alias = [
  { find: 'layers-cli', replacement: source('apps/cli/src/program/run.ts') },
  { find: /^#(core|tar|insight)\/(.+)\.js$/, replacement: source('packages/$1/src/$2.ts') },
  { find: /^@layers\/testing\/(.+)$/, replacement: source('packages/testing/src/$1.ts') },
  {
    find: /^@layers\/(errors|gotemplate|tar|core|rewrite|store|registry|insight|fleet|explorer|report)\/(.+)$/,
    replacement: source('packages/$1/src/$2/index.ts'),
  },
  {
    find: /^@layers\/(errors|gotemplate|tar|core|rewrite|store|registry|insight|fleet|explorer|report)$/,
    replacement: source('packages/$1/src/index.ts'),
  },
];

const SLOW = /\.slow\.test\.ts$/;
/** Tests of `test/counterparts/vitest.config.ts`. */
const COUNTERPART = /\.counterpart\.test\.ts$/;
const PROPERTIES = /from '@layers\/testing\/random-runs'/;
const MOCKS = /\bvi\.(mock|doMock|resetModules)\(/;

const tests = ['packages', 'apps', 'test']
  .flatMap((folder) => testsBelow(source(folder)))
  .filter((path) => !COUNTERPART.test(path));
const isSlow = (path: string): boolean => SLOW.test(path);
const contains = (path: string, pattern: RegExp): boolean => pattern.test(readFileSync(path, 'utf8'));
const toGlob = (path: string): string => relative(root, path).split(sep).join('/');

function testsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', 'build', 'counterparts'].includes(entry.name) ? [] : testsBelow(path);
    }
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

const shared = {
  root,
  setupFiles: ['packages/testing/src/fixed-seed.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
};
// A name that is not a file is searched in a store. Tests must not use the store and the cache of the user.
const env = { LAYERS_STORE: '/proc/nonexistent/store', LAYERS_CACHE: 'off' };

const fastEnv = { ...env, LAYERS_RUNS: 'few' };
const fast = tests.filter((path) => !isSlow(path));

export default defineConfig({
  root,
  test: {
    maxWorkers: '100%',
    reporters: ['default', './packages/testing/src/skip-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts', 'apps/cli/src/**/*.ts'],
      exclude: ['packages/testing/**'],
      reporter: ['text-summary', 'json-summary'],
    },
    projects: [
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'fast',
          include: fast.filter((path) => !contains(path, MOCKS)).map(toGlob),
          env: fastEnv,
          // Imports take most of the time of a small test file.
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'fast-isolated',
          // A module can be replaced only before anything imports it.
          include: fast.filter((path) => contains(path, MOCKS)).map(toGlob),
          env: fastEnv,
        },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'slow',
          // Property tests are in both suites: with few runs in the fast one, with all runs in this one.
          include: tests.filter((path) => isSlow(path) || contains(path, PROPERTIES)).map(toGlob),
          env,
        },
      },
    ],
  },
});
