import { useTestStore } from '@layers/testing/test-store';
import { beforeEach, describe, expect, it } from 'vitest';

const store = useTestStore();
const NAMES = ['app:1', 'app:2', 'prod/app:stable'];

const tagsOf = async (args: readonly string[]): Promise<string[]> =>
  JSON.parse(await store.out(['inspect', '--json', ...args])).image.tags;
const idOf = async (name: string): Promise<string> => (await store.imageOf(name)).id;

describe('an image that is chosen by one of its names', () => {
  beforeEach(async () => {
    await store.out(['load', '-i', store.archiveOf('one', NAMES)]);
  });

  it('keeps its other names when a changed image is loaded', async () => {
    const before = await idOf('app:1');
    await store.out(['config', 'app:1', '--set-env', 'A=1', '-o', store.at('c.tar')]);
    await store.out(['load', '-i', store.at('c.tar')]);
    expect(await idOf('prod/app:stable')).toBe(before);
    expect(await idOf('app:2')).toBe(before);
    expect(await idOf('app:1')).not.toBe(before);
  });

  it.each([
    ['config', ['config', 'app:1', '--user', '1']],
    ['squash', ['squash', 'app:1']],
    ['repack', ['repack', 'app:1']],
    ['append', ['append', 'app:1', '--delete', '/text', '-q']],
  ])('gives only that name to the output of %s, and the others with --all-tags', async (_, args) => {
    const [output, all] = [store.at('chosen.tar'), store.at('all.tar')];
    await store.out([...args, '-o', output]);
    expect(await tagsOf([output])).toEqual(['app:1']);
    await store.out([...args, '--all-tags', '-o', all]);
    expect(await tagsOf([all])).toEqual(NAMES);
    expect((await store.layers([...args, '--all-tags', '--tag', 'x', '-o', store.at('x')])).status).toBe(2);
  });

  it('keeps all names where it was not chosen by name', async () => {
    const file = store.at('one.tar');
    await store.out(['squash', file, '-o', store.at('all.tar')]);
    expect(await tagsOf([store.at('all.tar')])).toEqual(NAMES);
    await store.out(['squash', file, '--image', 'app:2', '-o', store.at('two.tar')]);
    expect(await tagsOf([store.at('two.tar')])).toEqual(['app:2']);
  });

  it('is loaded with that name alone', async () => {
    const file = store.archiveOf('other', NAMES);
    const before = await idOf('app:1');
    await store.out(['load', '-i', file, '--image', 'app:2']);
    expect(await idOf('app:1')).toBe(before);
    expect(await idOf('app:2')).not.toBe(before);
  });
});
