import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { command, environment, layersAsync } from '@layers/testing/command';
import { pushedImage, pushedIndex } from '@layers/testing/registry/pushed-image';
import { startTestRegistry, type TestRegistry } from '@layers/testing/registry/test-registry';
import { buildTar } from '@layers/testing/tar-builder';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, it } from 'vitest';

const schemas = new URL('../../schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
for (const name of readdirSync(schemas))
  ajv.addSchema(JSON.parse(readFileSync(new URL(name, schemas), 'utf8')), name);

const HOSTILE = '\x1b[31m\u202e';
const TAGS = 100_000;
let registry: TestRegistry;
let index: string;
beforeAll(async () => {
  registry = await startTestRegistry();
  const tar = buildTar([{ path: 'a', data: Buffer.from('a') }]);
  const platforms = ['amd64', HOSTILE].map((architecture) => ({ os: 'linux', architecture, layers: [tar] }));
  index = pushedIndex(registry.storage, 'app', 'all', platforms).index;
  const { digest } = pushedImage(registry.storage, 'many', 'first', { layers: [tar] });
  const { tags } = registry.storage.repository('many');
  for (let i = 0; i < TAGS; i++) tags.set(`v${i}`, digest);
});
afterAll(() => registry.stop());

it.each([
  ['inspect-declared', ['inspect', '--json', '--platform', 'linux/amd64'], 'docker://HOST/app:all'],
  ['inspect', ['inspect', '--json', '--layers', '--platform', 'linux/amd64'], 'docker://HOST/app:all'],
  ['history', ['history', '--json', '--platform', 'linux/amd64'], 'docker://HOST/app:all'],
  ['verify', ['verify', '--json', '--platform', 'linux/amd64'], 'docker://HOST/app:all'],
  ['list', ['list', '--json'], 'docker://HOST/app:all'],
  ['tags', ['tags', '--json'], 'HOST/app'],
  ['tags-item', ['tags', '--jsonl'], 'HOST/app'],
  ['catalog', ['catalog', '--json'], 'HOST'],
  ['catalog-item', ['catalog', '--jsonl'], 'HOST'],
  ['manifest', ['manifest', '--json'], 'HOST/app:all'],
  ['manifest', ['manifest', '--json', '--platform', 'linux/amd64'], 'HOST/app:all'],
  ['digest', ['digest', '--json'], 'HOST/app:all'],
] as const)('the schema %s describes %j', async (name, args, image) => {
  const { status, stdout, stderr } = await layersAsync([...args, image.replace('HOST', registry.domain)]);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).not.toMatch(/[\x1b\u202e]/);
  const validate = ajv.getSchema(`${name}.json`);
  const documents = name.endsWith('-item') ? stdout.trimEnd().split('\n') : [stdout];
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) {
    const valid = validate?.(JSON.parse(document));
    expect(valid === true ? [] : validate?.errors).toEqual([]);
    expect(validate?.({ ...JSON.parse(document), more: 1 })).toBe(false);
  }
});

it('escapes the names of platforms on a terminal', async () => {
  const { stdout } = await layersAsync([
    'inspect',
    '--platform',
    'linux/amd64',
    `docker://${registry.domain}/app@${index}`,
  ]);
  expect(stdout).toContain('linux/\\x1b[31m\\u202e');
  expect(stdout).not.toMatch(/[\x1b\u202e]/);
});

it('prints a long list page by page', async () => {
  registry.behaviour.pageSize = 25_000;
  const { stdout } = await layersAsync(['tags', `${registry.domain}/many`]);
  expect(stdout.split('\n')).toHaveLength(TAGS + 2);
  registry.log.clear();
  const child = spawn(
    'bash',
    ['-c', `set -o pipefail; "${process.execPath}" "${command}" tags ${registry.domain}/many | head -n 1`],
    { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect([printed, status]).toEqual(['first\n', 0]);
  expect(registry.log.lines().length).toBeLessThan(5);
});
