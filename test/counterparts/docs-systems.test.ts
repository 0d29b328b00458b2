import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, examples } from '@layers/testing/command';
import type { Block } from '@layers/testing/documentation/blocks';
import { blocksFor, SYSTEMS } from '@layers/testing/documentation/runners';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { command } from './layers-command.ts';

/** The jobs that the pages describe for other systems: their scripts run as these systems run them. */
const scratch = useScratch();
const bin = join(scratch.folder, 'bin');
const images = join(scratch.folder, 'images');

/** What stands for programs of other systems. */
const PROGRAMS = {
  // Runs a job at once, each index of an array after the other.
  sbatch: `indexes=; script=
while [ $# -gt 0 ]; do
  case $1 in
    --array=*) range=\${1#--array=}; indexes=$(seq "\${range%-*}" "\${range#*-}") ;;
    --wrap) script=$2; shift ;;
    --parsable | --dependency=afterok:1234) ;;
    *) echo "sbatch: $1" >&2; exit 1 ;;
  esac
  shift
done
for index in \${indexes:-none}; do SLURM_ARRAY_TASK_ID=$index sh -c "$script" >&2 || exit 1; done
echo 1234`,
  npx: '[ "$1" = layers-cli ] && shift && exec layers "$@"',
  layers: `exec '${process.execPath}' '${command}' "$@"`,
};

beforeAll(() => {
  mkdirSync(bin);
  mkdirSync(images);
  for (const [name, script] of Object.entries(PROGRAMS))
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  for (const name of ['demo.tar', 'demo-oci.tar', 'two-images.tar'])
    copyFileSync(join(examples, name), join(images, name));
});

/** Makes a directory that stands for `/mnt`. */
function directory(): string {
  const path = mkdtempSync(join(scratch.folder, 'work-'));
  cpSync(images, join(path, 'images'), { recursive: true });
  copyFileSync(join(examples, 'demo.tar'), join(path, 'app.tar'));
  mkdirSync(join(path, 'shards'));
  return path;
}

function run(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  allowed: readonly number[] = [0],
): string {
  const [program = '', ...args] = words.map((word) => word.replaceAll(/\/mnt(?=\/)/g, cwd));
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: environment({ PATH: `${bin}${delimiter}${process.env['PATH']}`, ...env }),
  });
  expect([words, stderr, allowed.includes(status ?? -1)]).toEqual([
    words,
    expect.not.stringMatching(/^error/m),
    true,
  ]);
  return stdout;
}

const [check = [], scale = []] = ['docs/check.md', 'docs/fleet-at-scale.md'].map(
  (page) => blocksFor(SYSTEMS).get(page) ?? [],
);

/** Returns the block of a page with this text. */
function blockWith(blocks: readonly Block[], text: string): string {
  const [block, ...others] = blocks.filter(({ code }) => code.includes(text));
  expect([text, block === undefined, others]).toEqual([text, false, []]);
  return block?.code ?? '';
}

it('knows every block that it runs', () => {
  expect([check.length, scale.length]).toEqual([3, 3]);
});

it('docs/check.md: the budgets are read, and each is checked', () => {
  const cwd = directory();
  // The base would come from a registry.
  const budgets = blockWith(check, 'wastedBytes').replace('docker://debian:12', 'images/demo-oci.tar');
  writeFileSync(join(cwd, 'main.json'), run(['layers', 'check', '--json', 'app.tar'], cwd, {}, [0, 1]));
  writeFileSync(join(cwd, 'known-secrets.json'), run(['layers', 'secrets', '--json', 'app.tar'], cwd));
  writeFileSync(join(cwd, '.layers.yaml'), budgets);
  rules(parse(budgets).check, JSON.parse(run(['layers', 'check', '--json', 'app.tar'], cwd, {}, [0, 1])));
});

/** Compares the keys of a file of budgets with the rules that were checked. */
function rules(
  budgets: Readonly<Record<string, unknown>>,
  document: { readonly results: readonly { readonly rule: string }[] },
): void {
  const keys = Object.keys(budgets).filter((key) => !['base', 'against', 'strict'].includes(key));
  const names = new Set(document.results.map(({ rule }) => rule));
  expect([...names].sort()).toEqual(
    keys.map((key) => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).sort(),
  );
}

it('docs/check.md: the step of GitHub has inputs of the action, and options of the command', () => {
  const [step] = parse(blockWith(check, 'uses:'));
  const action = parse(readFileSync(join(examples, '../action/action.yml'), 'utf8'));
  for (const name of Object.keys(step.with)) expect(Object.keys(action.inputs)).toContain(name);
  run(['layers', 'check', ...step.with.options.split('\n'), step.with.image], directory());
});

it('docs/check.md: the job of GitLab writes the report that it names', () => {
  const cwd = directory();
  const job = parse(blockWith(check, 'image-check'))['image-check'];
  // The image would come from a registry.
  const script = job.script.replace('docker://$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA', 'app.tar');
  // A second run finds the report of the first.
  for (let i = 0; i < 2; i++) run(['sh', '-c', script], cwd, {}, [0, 1]);
  expect(existsSync(join(cwd, job.artifacts.reports.junit))).toBe(true);
});

/** Checks that a fleet is that of one scan of all images. */
function compareFleet(cwd: string, fleet: string): void {
  const summary = (path: string): unknown =>
    JSON.parse(run(['layers', 'fleet', 'summary', '--json', '--fleet', path], cwd));
  if (!existsSync(join(scratch.folder, 'whole')))
    run(['layers', 'fleet', 'scan', '--fleet', join(scratch.folder, 'whole'), 'images'], cwd);
  expect(summary(fleet)).toEqual(summary(join(scratch.folder, 'whole')));
}

it('docs/fleet-at-scale.md: a matrix of GitHub scans and merges all images', () => {
  const cwd = directory();
  const { jobs } = parse(blockWith(scale, 'matrix:'));
  const artifacts = join(cwd, 'artifacts');
  const replaced = (text: string, shard: number): string =>
    text.replaceAll(/\$\{\{ matrix\.shard \}\}/g, String(shard));
  for (const shard of jobs.scan.strategy.matrix.shard)
    for (const step of jobs.scan.steps) {
      if (step.run !== undefined) run(['sh', '-c', replaced(step.run, shard)], cwd);
      else
        cpSync(join(cwd, replaced(step.with.path, shard)), join(artifacts, replaced(step.with.name, shard)), {
          recursive: true,
        });
    }
  expect(jobs.merge.needs).toBe('scan');
  for (const step of jobs.merge.steps) {
    if (step.run !== undefined) run(['sh', '-c', step.run], cwd);
    else cpSync(artifacts, join(cwd, step.with.path), { recursive: true });
  }
  compareFleet(cwd, 'fleet');
});

it('docs/fleet-at-scale.md: an indexed job of Kubernetes scans all images', () => {
  const cwd = directory();
  const { spec } = parse(blockWith(scale, 'kind: Job'));
  const [container] = spec.template.spec.containers;
  for (let index = 0; index < spec.completions; index++)
    run([...container.command, ...container.args], cwd, { JOB_COMPLETION_INDEX: String(index) });
  run(['sh', '-c', 'layers fleet merge shards/* --fleet fleet'], cwd);
  compareFleet(cwd, 'fleet');
});

it('docs/fleet-at-scale.md: an array of Slurm scans all images, and another job merges them', () => {
  const cwd = directory();
  run(['bash', '-c', blockWith(scale, 'sbatch')], cwd);
  compareFleet(cwd, 'fleet');
});
