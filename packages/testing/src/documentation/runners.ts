import { type Block, blocksOf, pages } from './blocks.ts';

/** Executes commands in a folder with example images. */
export const COMMANDS = 'apps/cli/test/docs.slow.test.ts';
/** Executes commands that need registries, a Docker Engine, Redis or another tool. */
export const SERVICES = 'test/counterparts/docs-services.test.ts';
/** Executes the descriptions of jobs for other systems, in place of these systems. */
export const SYSTEMS = 'test/counterparts/docs-systems.test.ts';
/** Checks what no test can execute. */
export const UNEXECUTED = 'test/docs-blocks.test.ts';
/** Compiles and runs programs. */
const EXAMPLES = 'test/code-examples.slow.test.ts';
const PACKAGES = 'test/counterparts/packages-of-the-command.test.ts';
const MANAGERS = 'test/counterparts/package-managers.test.ts';

/** Which blocks a test executes or checks. The first rule that fits a block counts. */
interface Rule {
  readonly page: RegExp;
  readonly language: RegExp;
  readonly code?: RegExp;
  readonly by: string;
  /** What the test contains, if it does not ask here for its blocks; by default the path of the page. */
  readonly contains?: string;
}

const SHELL = /^(?:sh|console)$/;
const NEEDS_SERVICE =
  /linux\/arm64|docker:\/\/|ghcr\.io|localhost:5000|registry\.example|docker-daemon|redis:|layers (?:pull|push|login|logout) |(?:^|[|(&] ?)(?:docker|skopeo|podman|umoci|npm) |plugins/m;

const RULES: readonly Rule[] = [
  // Commands of contributors. Their scripts must exist; CI runs `npm start` and `npm test` as they are.
  {
    page: /^(?:CONTRIBUTING|benchmarks\/(?:README|NOTES)|packaging\/README|docs\/internals\/release)\.md$/,
    language: /^sh$/,
    by: UNEXECUTED,
  },
  { page: /^README\.md$/, language: /^sh$/, code: /^npm test$/m, by: UNEXECUTED },
  { page: /^examples\/README\.md$/, language: /^sh$/, code: /make\.sh/, by: UNEXECUTED },
  {
    page: /^examples\/README\.md$/,
    language: /^sh$/,
    code: /make-context/,
    by: 'test/counterparts/ten-sins.test.ts',
    contains: 'ten-sins/make-context.sh',
  },
  // Ways to install, which take long to make, or would change this machine.
  { page: /./, language: /^sh$/, code: /debian\.mjs/, by: PACKAGES, contains: 'debian.mjs' },
  { page: /./, language: /^sh$/, code: /rpm\.mjs/, by: PACKAGES, contains: 'rpm.mjs' },
  { page: /./, language: /^sh$/, code: /sbom-cataloger/, by: PACKAGES, contains: '+sbom-cataloger' },
  {
    page: /./,
    language: /^sh$/,
    code: /^apk add/,
    by: 'test/counterparts/root-systems.ts',
    contains: "'npm', 'install'",
  },
  { page: /./, language: /^sh$/, code: /image\.mjs/, by: PACKAGES, contains: 'image.mjs' },
  {
    page: /./,
    language: /^sh$/,
    code: /executable\.mjs/,
    by: 'test/counterparts/executable.test.ts',
    contains: 'executable.mjs',
  },
  {
    page: /^docs\/(?:install|library|start)\.md$/,
    language: /^sh$/,
    code: /^npm install/,
    by: MANAGERS,
    contains: 'npm',
  },
  {
    page: /^docs\/fleet\.md$/,
    language: /^sh$/,
    code: /^npm install/,
    by: 'scripts/check-packages.mjs',
    contains: 'packages/fleet',
  },
  // Jobs for other systems.
  { page: /^docs\/fleet-at-scale\.md$/, language: /^(?:yaml|bash)$/, by: SYSTEMS },
  { page: /^docs\/check\.md$/, language: /^yaml$/, by: SYSTEMS },
  {
    page: /^action\/README\.md$/,
    language: /^yaml$/,
    by: 'test/counterparts/published.test.ts',
    contains: 'in the workflow of the README',
  },
  {
    page: /^docs\/fleet-at-scale\.md$/,
    language: /^python$/,
    by: 'packages/fleet/test/questions/spark.counterpart.test.ts',
    contains: 'fleet-at-scale.md',
  },
  // Commands.
  { page: /./, language: SHELL, code: NEEDS_SERVICE, by: SERVICES },
  { page: /./, language: SHELL, by: COMMANDS },
  { page: /^docs\/fleet\.md$/, language: /^sql$/, by: COMMANDS },
  { page: /^docs\/recipes\//, language: /^(?:yaml|dockerfile)$/, by: COMMANDS },
  // Programs.
  { page: /^docs\/library\.md$/, language: /^ts$/, by: EXAMPLES },
  {
    page: /^packages\/registry\/README\.md$/,
    language: /^ts$/,
    by: 'packages/registry/test/readme.slow.test.ts',
    contains: '../README.md',
  },
  { page: /^packages\/store\/README\.md$/, language: /^ts$/, code: /^await withLease/, by: UNEXECUTED },
  { page: /^packages\/\w+\/README\.md$/, language: /^[tj]s$/, by: EXAMPLES },
  // Parts of files that a contributor adds, screens and formulas.
  { page: /^docs\/internals\//, language: /^(?:ts|json)$/, by: UNEXECUTED },
  { page: /./, language: /^(?:text)?$/, by: UNEXECUTED },
];

/** Returns which test executes or checks a block; null if none does. */
export function runnerOf(block: Block): Pick<Rule, 'by' | 'contains'> | null {
  const rule = RULES.find(
    ({ page, language, code = /(?:)/ }) =>
      page.test(block.page) && language.test(block.language) && code.test(block.code),
  );
  return rule ?? null;
}

/** Returns the blocks that a test has to execute or check, by page. */
export function blocksFor(test: string): Map<string, Block[]> {
  const found = pages.map((page): [string, Block[]] => [
    page,
    blocksOf(page).filter((block) => runnerOf(block)?.by === test),
  ]);
  return new Map(found.filter(([, blocks]) => blocks.length > 0));
}

/** Returns the commands of a block: without comments, and with lines that a backslash continues in one. */
export function commandsOf({ code }: Block): string[] {
  const lines = code.replaceAll(/\\\n\s*/g, '').split('\n');
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
