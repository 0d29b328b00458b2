import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLayersError } from '@layers/errors';
import { fromJson, type Json, Template } from '@layers/gotemplate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RandomTemplate, randomTemplate, type TaggedValue } from './random-templates.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-go-template-'));
const program = join(folder, 'execute');

beforeAll(() => {
  const source = join(import.meta.dirname, 'go-template.go');
  const { status, stderr } = spawnSync('go', ['build', '-o', program, source], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`go build: ${stderr}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The text of a template, or at what it fails. */
type Outcome = { readonly text: string } | { readonly fails: 'parse' | 'execute' };

/** Tasks that take longer are left out: Go has no limit, and a text of 100 MB says no more than a short one. */
const MOST_STEPS = 3000;
const MOST_CHARACTERS = 100_000;
/** The messages of the limits of this library. */
const LIMITS = /more than \d+ (?:steps|bytes of text|templates in each other)|the result is too long/;

/** Returns the outcome of this library; null where it is too long to compare. */
function outcomeHere({ template, data, strict }: RandomTemplate): Outcome | null {
  let parsed: Template;
  try {
    parsed = new Template(template);
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_TEMPLATE') return { fails: 'parse' };
    throw error;
  }
  try {
    const text = parsed.execute(data, { missingKeyIsError: strict, mostSteps: MOST_STEPS });
    return text.length > MOST_CHARACTERS ? null : { text };
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_TEMPLATE') throw error;
    return LIMITS.test(error.message) ? null : { fails: 'execute' };
  }
}

interface Task {
  readonly template: string;
  readonly tagged: TaggedValue;
  readonly strict?: boolean;
}

function outcomesOfGo(tasks: readonly Task[]): Outcome[] {
  const input = tasks
    .map(({ template, tagged, strict = false }) =>
      JSON.stringify({ Template: template, Data: tagged, Strict: strict }),
    )
    .join('\n');
  const { status, stdout, stderr } = spawnSync(program, {
    input: `${input}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(stderr.slice(0, 2000));
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): Outcome => {
      const { output, error }: { output: string; error: string } = JSON.parse(line);
      if (error !== '') return { fails: error.startsWith('parse:') ? 'parse' : 'execute' };
      return { text: Buffer.from(output, 'base64').toString('utf8') };
    });
}

describe('random templates', () => {
  const TOTAL = 100_000;
  const PART = 10_000;

  it.each(Array.from({ length: TOTAL / PART }, (_, part) => part))(
    'have the text of Go, or fail where Go fails: part %i of ten',
    (part) => {
      const compared: { readonly made: RandomTemplate; readonly here: Outcome }[] = [];
      for (let seed = part * PART; seed < (part + 1) * PART; seed++) {
        const made = randomTemplate(seed);
        const here = outcomeHere(made);
        if (here !== null) compared.push({ made, here });
      }
      const there = outcomesOfGo(compared.map(({ made }) => made));
      const different = compared.flatMap(({ made: { template, tagged, strict }, here }, i) => {
        const go = there[i];
        return JSON.stringify(go) === JSON.stringify(here) ? [] : [{ template, tagged, strict, go, here }];
      });
      expect(different).toEqual([]);
      // The comparison says something only where most tasks are compared, and each outcome is there.
      expect(compared.length).toBeGreaterThan(PART * 0.99);
      expect(
        there.filter((outcome) => 'text' in outcome && outcome.text.trim() !== '').length,
      ).toBeGreaterThan(1000);
      expect(
        there.filter((outcome) => 'fails' in outcome && outcome.fails === 'parse').length,
      ).toBeGreaterThan(500);
      expect(
        there.filter((outcome) => 'fails' in outcome && outcome.fails === 'execute').length,
      ).toBeGreaterThan(500);
    },
  );
});

describe('templates of the documentation of docker and podman', () => {
  const container = {
    Id: 'sha256:2dd20bbaa7e7',
    Name: '/web',
    Config: { Labels: { maintainer: 'someone', version: '777' }, Env: ['PATH=/bin', 'A=b'], Image: 'nginx' },
    NetworkSettings: {
      Networks: { bridge: { IPAddress: '172.17.0.2', MacAddress: '02:42:ac:11:00:02' } },
      Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8787' }], '443/tcp': null },
    },
    HostConfig: { LogConfig: { Type: 'json-file' } },
    RootFS: { Layers: ['sha256:a', 'sha256:b'] },
    Size: 5608456,
    RepoTags: ['testo:latest'],
  } satisfies Json;

  it.each([
    '{{.Config.Labels}}',
    '{{index .Config.Labels "version"}}',
    '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
    '{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}',
    '{{.HostConfig.LogConfig.Type}}',
    '{{range $p, $conf := .NetworkSettings.Ports}} {{$p}} -> {{(index $conf 0).HostPort}} {{end}}',
    '{{range $p, $conf := .NetworkSettings.Ports}}{{with $conf}}{{$p}} -> {{(index . 0).HostPort}}{{end}}{{end}}',
    '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}',
    '{{json .Config}}',
    '{{json .}}',
    '{{join .RepoTags ", "}}',
    '{{table .}}',
    '{{.Name | printf "%-10s|"}}{{.Size}}',
    '{{println .Id}}{{range .RootFS.Layers}}{{println .}}{{end}}',
    '{{len .RootFS.Layers}} {{.Size | printf "%.0f"}}',
    '{{upper .Name}} {{lower .Name}} {{title .Config.Image}} {{pad .Name 1 2}} {{truncate .Id 15}}',
    '{{range split .Id ":"}}{{.}} {{end}}',
    '{{if eq .Config.Image "nginx"}}yes{{else}}no{{end}}',
    '{{.Config.Nothing}} {{.Nothing.At.All}}',
  ])('%s', (template) => {
    const here = outcomeHere({ template, data: fromJson(container), tagged: ['nil'], strict: false });
    expect([here]).toEqual(outcomesOfGo([{ template, tagged: tagged(container) }]));
  });
});

/** Returns JSON as `go-template.go` reads it. */
function tagged(data: Json | undefined): TaggedValue {
  if (data === null || data === undefined) return ['nil'];
  if (typeof data === 'boolean') return ['bool', data];
  if (typeof data === 'string') return ['string', data];
  if (typeof data === 'number') return ['float', data];
  if (typeof data === 'bigint') return ['int', Number(data)];
  if (Array.isArray(data)) return ['list', ...data.map(tagged)];
  return ['map', Object.fromEntries(Object.entries(data).map(([key, value]) => [key, tagged(value)]))];
}
