import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Runs steps of a job and of composite actions as the runner of GitHub does. */

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** What `${{ github.token }}` and the like refer to. */
type Contexts = Readonly<Record<string, unknown>>;

interface Runner {
  /** The working directory of the job. */
  readonly cwd: string;
  /** RUNNER_TEMP, an existing directory. */
  readonly temp: string;
  /** The environment of the job. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Outcome {
  /** Of the step that failed, else of the last. */
  readonly status: number | null;
  readonly log: string;
  /** Without those that are empty. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export function readAction(folder: string): Action {
  return parse(readFileSync(join(folder, 'action.yml'), 'utf8'));
}

/** Returns the steps of the job in the README of an action. */
export function exampleSteps(folder: string): readonly Step[] {
  const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? [];
  const workflow: { readonly jobs: { readonly image: { readonly steps: readonly Step[] } } } = parse(block);
  return workflow.jobs.image.steps;
}

/** Runs the steps of a composite action, until one fails. */
export function runAction(folder: string, given: Readonly<Record<string, string>>, runner: Runner): Outcome {
  const { inputs, outputs, runs } = readAction(folder);
  const defaults = Object.entries(inputs).map(([name, input]) => [name, input.default ?? '']);
  const contexts = { inputs: { ...Object.fromEntries(defaults), ...given } };
  const env = { ...runner.env, GITHUB_ACTION_PATH: folder };
  const job = runSteps(runs.steps, contexts, { ...runner, env });
  const values = Object.entries(outputs).map(([name, { value }]) => [name, evaluated(value, job.contexts)]);
  return { ...job, outputs: Object.fromEntries(values.filter(([, value]) => value !== '')) };
}

/**
 * Runs steps. After a failure, only those that always run do.
 *
 * @param actions the folders of the actions that they use, by what stands before `@`
 */
export function runSteps(
  steps: readonly Step[],
  given: Contexts,
  runner: Runner,
  actions: Readonly<Record<string, string>> = {},
): Outcome & { readonly contexts: Contexts } {
  const done: Record<string, { readonly outputs: Readonly<Record<string, string>> }> = {};
  const contexts: Contexts = { ...given, steps: done };
  let [status, log, summary]: [number | null, string, string] = [null, '', ''];
  for (const step of steps) {
    const hasFailed = status !== null && status !== 0;
    if (!isWanted(step.if ?? '', contexts, hasFailed)) continue;
    const outcome = step.uses === undefined ? runScript(step, contexts, runner) : use(step, step.uses);
    if (!hasFailed) status = outcome.status;
    log += outcome.log;
    summary += outcome.summary;
    if (step.id !== undefined) done[step.id] = { outputs: outcome.outputs };
  }
  return { status, log, summary, outputs: {}, contexts };

  function use(step: Step, uses: string): Outcome {
    const folder = actions[uses.replace(/@.*$/, '')];
    if (folder === undefined) throw new Error(`no action ${uses}`);
    return runAction(folder, evaluatedEach(step.with ?? {}, contexts), runner);
  }
}

function runScript({ run = '', shell, env = {} }: Step, contexts: Contexts, runner: Runner): Outcome {
  const folder = mkdtempSync(join(runner.temp, 'step-'));
  const script = join(folder, 'script.sh');
  writeFileSync(script, evaluated(run, contexts));
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  // Without `shell`, the runner leaves out pipefail.
  const flags = shell === undefined ? ['-e'] : ['--noprofile', '--norc', '-eo', 'pipefail'];
  const { status, stdout, stderr } = spawnSync('bash', [...flags, script], {
    cwd: runner.cwd,
    encoding: 'utf8',
    env: {
      ...runner.env,
      ...files,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      RUNNER_TEMP: runner.temp,
      ...evaluatedEach(env, contexts),
    },
  });
  return {
    status,
    log: stdout + stderr,
    outputs: outputsIn(readFileSync(files.GITHUB_OUTPUT, 'utf8')),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  };
}

function evaluatedEach(texts: Readonly<Record<string, string>>, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, evaluated(text, contexts)]));
}

/** Replaces the expressions in a text, which must be references such as `inputs.image`. */
function evaluated(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, reference: string) => lookUp(reference, contexts));
}

/** Returns the value of a reference. One that does not exist is an empty text, as on GitHub. */
function lookUp(reference: string, contexts: Contexts): string {
  if (!/^[a-z_]+(?:\.[\w-]+)+$/.test(reference)) throw new Error(`no reference: ${reference}`);
  let value: unknown = contexts;
  for (const key of reference.split('.')) value = isObject(value) ? value[key] : undefined;
  return value === undefined ? '' : String(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Decides a condition of the form `always() && A == 'x' && B != ''`. */
function isWanted(condition: string, contexts: Contexts, hasFailed: boolean): boolean {
  const terms = condition.split('&&').map((term) => term.trim());
  if (hasFailed && !terms.includes('always()')) return false;
  return terms.every((term) => {
    if (term === '' || term === 'always()') return true;
    const [, reference = '', operator, text] = /^([\w.-]+) ([=!]=) '([^']*)'$/.exec(term) ?? [];
    return (lookUp(reference, contexts) === text) === (operator === '==');
  });
}

/** Reads a file of outputs: `name=value`, or `name<<delimiter` with lines. */
function outputsIn(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = '', delimiter = ''] = /^([^=]+?)<<(.+)$/.exec(line) ?? [];
    if (delimiter !== '') {
      outputs[name] = lines.splice(0, lines.indexOf(delimiter)).join('\n');
      lines.shift();
    } else if (line.includes('='))
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return outputs;
}
