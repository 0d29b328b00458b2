import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeOfAsync } from '@layers/testing/errors';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  uniqueArray,
} from 'fast-check';
import { expect, test } from 'vitest';
import { checkStore, listImages, pruneStore, removeImages, type Store, tagImage } from '../src/index.ts';
import { image, load, namesIn, newStore } from './support/stores.ts';

const { folder } = useScratch();

const LAYERS = ['l0', 'l1', 'l2', 'l3'];
const TAGS = ['a:1', 'a:2', 'b:latest', 'ghcr.io/c:1'];

const tag = constantFrom(...TAGS);
const anyStep = oneof(
  record({
    kind: constant('load' as const),
    layers: uniqueArray(constantFrom(...LAYERS), { minLength: 1, maxLength: 3 }),
    tags: uniqueArray(tag, { maxLength: 2 }),
  }),
  record({ kind: constant('tag' as const), source: tag, target: tag }),
  record({ kind: constant('tag-id' as const), number: integer({ min: 0, max: 5 }), target: tag }),
  record({ kind: constant('remove' as const), ref: tag }),
  record({
    kind: constant('remove-id' as const),
    number: integer({ min: 0, max: 5 }),
    force: constantFrom(true, false),
  }),
  record({ kind: constant('prune' as const) }),
);

/** A model of a store: the blobs of each image, and the image of each name. */
interface Model {
  readonly images: Map<string, { readonly layers: readonly string[]; readonly id: string }>;
  readonly names: Map<string, string>;
}

const keyOf = (layers: readonly string[]): string => layers.join(' ');

function nth(model: Model, number: number): [key: string, id: string] | null {
  const all = [...model.images];
  const found = all[number % Math.max(all.length, 1)];
  return found === undefined ? null : [found[0], found[1].id];
}

const namesOf = (model: Model, key: string): string[] =>
  [...model.names].flatMap(([name, to]) => (to === key ? [name] : []));

test('any sequence of load, tag, remove and prune agrees with a model of two maps', async () => {
  const property = asyncProperty(array(anyStep, { minLength: 1, maxLength: 14 }), async (steps) => {
    const store = newStore(folder);
    const model: Model = { images: new Map(), names: new Map() };
    for (const each of steps) {
      await apply(store, model, each);
      const expected = [...model.images].map(([key, { id }]) => [id, namesOf(model, key).sort()]);
      expect(
        listImages(store)
          .map(({ id, refs }) => [id, refs])
          .sort(),
      ).toEqual(expected.sort());
    }
    const { isClean } = await checkStore(store);
    expect(isClean).toBe(true);
    const needed = new Set([...model.images.values()].flatMap(({ layers }) => layers));
    // Unneeded blobs are deleted at once, so none is left at any time.
    expect(readdirSync(join(store.path, 'blobs/sha256'))).toHaveLength(needed.size + 2 * model.images.size);
  });
  await assert(property, { numRuns: runs(25, 1000) });
});

type Step = Parameters<Parameters<typeof anyStep.map>[0]>[0];

async function apply(store: Store, model: Model, step: Step): Promise<void> {
  switch (step.kind) {
    case 'load': {
      const key = keyOf(step.layers);
      const before = JSON.stringify(namesIn(store));
      const [loaded] = await load(store, [image(step.layers, step.tags)]);
      expect(loaded?.wasThere).toBe(model.images.has(key));
      expect(loaded?.displaced.map(({ ref }) => ref).sort()).toEqual(
        step.tags.filter((name) => ![undefined, key].includes(model.names.get(name))).sort(),
      );
      model.images.set(key, { layers: step.layers, id: loaded?.id ?? '' });
      for (const name of step.tags) model.names.set(name, key);
      expect(loaded?.isUnchanged).toBe(JSON.stringify(namesIn(store)) === before);
      return;
    }
    case 'tag': {
      const key = model.names.get(step.source);
      const code = await codeOfAsync(() => tagImage(store, step.source, step.target));
      expect(code).toBe(key === undefined ? 'ERR_LAYERS_IMAGE_NOT_FOUND' : null);
      if (key !== undefined) model.names.set(step.target, key);
      return;
    }
    case 'tag-id': {
      const [key, id] = nth(model, step.number) ?? [];
      if (key === undefined || id === undefined) return;
      await tagImage(store, id, step.target);
      model.names.set(step.target, key);
      return;
    }
    case 'remove': {
      const key = model.names.get(step.ref);
      const code = await codeOfAsync(() => removeImages(store, [step.ref]));
      expect(code).toBe(key === undefined ? 'ERR_LAYERS_IMAGE_NOT_FOUND' : null);
      if (key === undefined) return;
      model.names.delete(step.ref);
      if (namesOf(model, key).length === 0) model.images.delete(key);
      return;
    }
    case 'remove-id': {
      const [key, id] = nth(model, step.number) ?? [];
      if (key === undefined || id === undefined) return;
      const names = namesOf(model, key);
      const isRefused = names.length > 1 && !step.force;
      const code = await codeOfAsync(() => removeImages(store, [id], { force: step.force }));
      expect(code).toBe(isRefused ? 'ERR_LAYERS_IMAGE_REFERENCED' : null);
      if (isRefused) return;
      for (const name of names) model.names.delete(name);
      model.images.delete(key);
      return;
    }
    case 'prune': {
      const { images } = await pruneStore(store, { graceSeconds: 0 });
      const nameless = [...model.images.keys()].filter((key) => namesOf(model, key).length === 0);
      expect(images.map(({ id }) => id).sort()).toEqual(
        nameless.map((key) => model.images.get(key)?.id).sort(),
      );
      for (const key of nameless) model.images.delete(key);
    }
  }
}
