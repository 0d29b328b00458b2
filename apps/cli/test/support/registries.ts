import { readdirSync, readFileSync } from 'node:fs';
import { startTestRegistry, type TestRegistry, type TestRegistryOptions } from '@layers/testing/registry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, expect } from 'vitest';

const folder = new URL('../../schemas/', import.meta.url);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
for (const name of readdirSync(folder))
  ajv.addSchema(JSON.parse(readFileSync(new URL(name, folder), 'utf8')), name);

/** Parses a document of a command, and checks it against its schema. */
export function documentOf(schema: string, text: string) {
  const validate = ajv.getSchema(`${schema}.json`);
  if (validate === undefined) throw new Error(`there is no schema ${schema}`);
  const document = JSON.parse(text);
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  return document;
}

/** Returns a function that starts registries, which stop after each test. */
export function useRegistries(): (options?: TestRegistryOptions) => Promise<TestRegistry> {
  const running: TestRegistry[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((registry) => registry.stop()));
  });
  return async (options) => {
    const registry = await startTestRegistry(options);
    running.push(registry);
    return registry;
  };
}

/** Returns the digests of the tags of a repository. */
export function tagsIn({ storage }: TestRegistry, repository: string): Readonly<Record<string, string>> {
  return Object.fromEntries(storage.repository(repository).tags);
}
