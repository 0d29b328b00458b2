import { linesOf, useTestStore } from '@layers/testing/test-store';
import { beforeEach, describe, expect, it } from 'vitest';

const store = useTestStore();
const ids = async (...args: readonly string[]): Promise<string[]> =>
  linesOf(await store.out(['images', '-q', '--no-trunc', ...args]));
const names = async (): Promise<string[]> =>
  JSON.parse(await store.out(['images', '--json'])).images.map(
    ({ reference }: { readonly reference: string }) => reference,
  );

describe('store:NAME', () => {
  beforeEach(async () => {
    await store.out(['load', '-i', store.archiveOf('old', ['app:1'], '2019-01-01T00:00:00Z')]);
    await store.out(['load', '-i', store.archiveOf('new', ['app:2'], '2021-01-01T00:00:00Z')]);
  });

  it('is taken by every command that takes a name of the store', async () => {
    await store.out(['tag', 'store:app:1', 'store:other:3']);
    expect(await names()).toEqual(['app:2', 'app:1', 'other:3']);
    const id = (await store.imageOf('other:3')).id;
    await store.out(['tag', `store:${id.slice(7, 20)}`, 'registry.example:5000/app']);
    expect((await store.imageOf('store:registry.example:5000/app')).id).toBe(id);
    await store.out(['rmi', 'store:registry.example:5000/app', 'store:other:3']);
    expect(await names()).toEqual(['app:2', 'app:1']);
    await store.out(['save', 'store:app', '-o', store.at('both.tar')]);
    expect((await store.imageOf(store.at('both.tar'), ['--image', 'app:2'])).tags).toEqual(['app:2']);
    expect(linesOf(await store.out(['history', 'store:app:1'])).length).toBeGreaterThan(1);
    expect(await store.out(['diff', 'store:app:1', 'app:1'])).toMatch(/identical/i);
  });

  it('selects images in the list', async () => {
    const [first, second] = [(await store.imageOf('app:1')).id, (await store.imageOf('app:2')).id];
    expect(await ids('store:app:1')).toEqual([first]);
    expect(await ids('--filter', 'reference=store:app:*')).toEqual([second, first]);
    expect(await ids('--filter', 'before=store:app:2')).toEqual([first]);
    expect(await ids('--filter', 'since=store:app:1')).toEqual([second]);
  });

  it('is completed', async () => {
    expect(linesOf(await store.out(['__complete', 'names', 'store:app:']))).toEqual([
      'store:app:1',
      'store:app:2',
    ]);
  });

  it.each([
    ['inspect', ['store:app:3']],
    ['squash', ['store:app:3', '--dry-run']],
    ['verify', ['store:app:3']],
    ['diff', ['app:1', 'store:app:3']],
    ['save', ['store:app:3', '-o', '/dev/null', '--force']],
    ['tag', ['store:app:3', 'x']],
    ['rmi', ['store:app:3']],
    ['images', ['--filter', 'since=store:app:3']],
  ])('of no image: %s reports similar names', async (command, args) => {
    const { status, stderr } = await store.layers([command, ...args]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/no such image(?: in the store)?: app:3 /)]);
    expect(stderr).toContain('the store has app:1, app:2;');
  });

  it.each([
    [['tag', 'store:', 'x']],
    [['tag', 'app:1', 'store:']],
    [['rmi', 'store:']],
    [['save', 'store:', '-o', '/dev/null']],
    [['images', 'store:']],
    [['images', '-f', 'before=store:']],
    [['import', '/dev/null', 'store:']],
  ])('needs a name: %j', async (args) => {
    const { status, stderr } = await store.layers(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining('no image name after store:')]);
  });

  it('reaches an image that is itself named store', async () => {
    await store.out(['tag', 'app:1', 'store:store:7']);
    expect(await names()).toContain('store:7');
    const { status, stderr } = await store.layers(['rmi', 'store:7']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('write store:store:7')]);
    await store.out(['rmi', 'store:store:7']);
    expect(await names()).toEqual(['app:2', 'app:1']);
  });
});
