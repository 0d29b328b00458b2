import { isLayersError } from '@layers/errors';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/oci/config.ts';
import { parseDockerManifest } from '../../src/oci/docker-manifest.ts';
import { parseIndex } from '../../src/oci/index-document.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { parseRepositories } from '../../src/oci/repositories.ts';
import { parseV1Image } from '../../src/oci/v1-json.ts';
import * as documents from './documents.ts';

type Path = readonly (string | number)[];

const DOCUMENTS = [
  ['index', documents.index, parseIndex, 'ERR_LAYERS_INDEX'],
  ['manifest', documents.manifest, parseManifest, 'ERR_LAYERS_MANIFEST'],
  ['config', documents.config, parseConfig, 'ERR_LAYERS_CONFIG'],
  ['docker manifest', documents.dockerManifest, parseDockerManifest, 'ERR_LAYERS_DOCKER_MANIFEST'],
  ['repositories', documents.repositories, parseRepositories, 'ERR_LAYERS_REPOSITORIES'],
  ['v1 image', documents.v1Image, parseV1Image, 'ERR_LAYERS_V1'],
] as const;

/** The values below these keys are not validated. */
const OPAQUE = new Set(['config.config', 'v1 image.config', 'v1 image.container_config.Entrypoint']);

function pathsOf(name: string, value: unknown, at: Path = []): Path[] {
  if (OPAQUE.has([name, ...at].join('.')) || typeof value !== 'object' || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, below]) => pathsOf(name, below, [...at, keyOf(value, key)])),
  ];
}

const keyOf = (owner: object, key: string) => (Array.isArray(owner) ? Number(key) : key);

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((owner, key) => Reflect.get(Object(owner), key), value);
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const copy = { root: structuredClone(value) };
  const owner = at(copy, ['root', ...path].slice(0, -1));
  Reflect.set(Object(owner), path.at(-1) ?? 'root', by);
  return copy.root;
}

function printed(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^\w+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

const kindOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const SAMPLES = [5, -1, 1.5, 'a text', '', true, [], [[]], [5], {}, { a: 5 }];

describe.each(DOCUMENTS)('%s', (name, document, parse, code) => {
  test('accepts the valid document', () => {
    expect(() => parse(document, 'the.json')).not.toThrow();
  });

  const paths = pathsOf(name, document);
  test.each(paths.map((path) => [printed(path) || '(the whole)', path] as const))(
    'wrong types at %s',
    (_, path) => {
      const kind = kindOf(at(document, path));
      for (const wrong of SAMPLES) {
        if (kindOf(wrong) === kind) continue;
        let thrown: unknown;
        try {
          parse(replaced(document, path, wrong), 'the.json');
        } catch (error) {
          thrown = error;
        }
        if (!isLayersError(thrown))
          throw new Error(`${JSON.stringify(wrong)} was let through`, { cause: thrown });
        expect(thrown.code).toBe(code);
        expect(thrown.file).toBe('the.json');
        expect(thrown.message).toContain('the.json: ');
        expect(thrown.message).toContain(path.length === 0 ? 'the document' : printed(path));
      }
    },
  );

  test('any JSON at any place gives a result or a LayersError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        try {
          parse(replaced(document, path, value), 'the.json');
        } catch (error) {
          if (!isLayersError(error)) throw error;
          expect(error.code).toBe(code);
        }
      }),
      { numRuns: runs(300, 20_000) },
    );
  });

  test('the message has no control characters', () => {
    for (const path of paths) {
      try {
        parse(replaced(document, path, '\u001b[31m\u009b\u202e'), 'the.json');
      } catch (error) {
        expect(String(error)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      }
    }
  });
});
