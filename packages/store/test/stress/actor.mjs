// A process that changes and reads a store until it is killed: node actor.mjs STORE NAME SEED
// It prints a line before and after each operation.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openStoredArchive, withBlobErrors } from '../../dist/images/index.js';
import {
  listImages,
  loadImages,
  openStore,
  pruneStore,
  removeImages,
  tagImage,
  withLease,
} from '../../dist/index.js';
import { imageAsStored } from '../../dist/save/index.js';
import { IMAGES, idOf, imageOf, randomFrom } from './pool.mjs';

const [path, name, seed] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const below = (count) => Math.floor(random() * count);
const say = (line) => writeSync(1, `${JSON.stringify(line)}\n`);
const store = openStore(path, { create: true });

/** The names that only this process adds and removes, and their images. */
const names = new Map();
const ownName = () => `${name}/image:${below(5)}`;

const actions = {
  async load() {
    const tag = ownName();
    const number = below(IMAGES);
    say({ begin: 'load', tag, number });
    const [loaded] = await loadImages(store, [imageOf(name, number, [tag])]);
    if (loaded.id !== idOf(name, number)) throw new Error(`${tag} has the id ${loaded.id}`);
    names.set(tag, number);
    say({ done: 'load', tag, number });
  },
  async tag() {
    const [source] = [...names.keys()];
    if (source === undefined) return;
    const tag = ownName();
    const number = names.get(source);
    say({ begin: 'load', tag, number });
    await tagImage(store, source, tag);
    names.set(tag, number);
    say({ done: 'load', tag, number });
  },
  async remove() {
    const all = [...names.keys()];
    const tag = all[below(all.length)];
    if (tag === undefined) return;
    say({ begin: 'remove', tag });
    await removeImages(store, [tag]);
    names.delete(tag);
    say({ done: 'remove', tag });
  },
  async prune() {
    await pruneStore(store, { graceSeconds: random() < 0.7 ? 0 : 3600 });
  },
  async save() {
    // An image of any process: a blob that is pinned while it exists stays, whoever removes the image.
    const all = listImages(store);
    const chosen = all[below(all.length)];
    if (chosen === undefined) return;
    await withLease(store, async (lease) => {
      lease.pin([chosen.manifestDigest, chosen.id, ...chosen.layers.map(({ digest }) => digest)]);
      const image = listImages(store).find(({ manifestDigest }) => manifestDigest === chosen.manifestDigest);
      if (image === undefined) return;
      await withBlobErrors(store, async () => {
        const archive = await openStoredArchive(store, [image]);
        for (const layer of imageAsStored(archive, archive.images[0]).layers) {
          await wait(random() * 20);
          const hash = createHash('sha256');
          for await (const chunk of layer.chunks()) hash.update(chunk);
          if (`sha256:${hash.digest('hex')}` !== layer.digest)
            throw new Error(`${image.id} has a wrong layer`);
        }
      });
    });
  },
  async list() {
    const images = listImages(store);
    const refs = new Set(images.flatMap((image) => image.refs));
    for (const tag of names.keys()) if (!refs.has(tag)) throw new Error(`${tag} is lost`);
  },
};

const often = ['load', 'load', 'load', 'tag', 'remove', 'remove', 'prune', 'save', 'list'];
say({ ready: process.pid });
for (;;) {
  const action = often[below(often.length)];
  try {
    await actions[action]();
  } catch (error) {
    say({ failed: action, code: error.code, message: String(error.stack) });
    process.exit(1);
  }
}
