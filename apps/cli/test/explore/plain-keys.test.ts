import { expect, it } from 'vitest';
import { plainKeys } from '../../src/explore/plain-keys.ts';

async function keys(...chunks: readonly string[]): Promise<string[]> {
  async function* source(): AsyncGenerator<string> {
    yield* chunks;
  }
  const found: string[] = [];
  for await (const key of plainKeys(source())) found.push(key);
  return found;
}

it('reads characters, control characters and names', async () => {
  expect(await keys('jG\t \r\x1b\x01é日<enter><ctrl-z><pagedown><space><lt><esc>')).toEqual([
    ...['j', 'G', 'tab', ' ', 'enter', 'escape', 'ctrl-a', 'é', '日'],
    ...['enter', 'ctrl-z', 'pagedown', ' ', '<', 'escape'],
  ]);
});

it('takes what is no name as it is, and no line break for a key', async () => {
  expect(await keys('f<10k\n>1M<enter>\n<none><')).toEqual([...[...'f<10k>1M', 'enter', ...'<none>', '<']]);
});

it('reads names in pieces, and does not wait for the end of what cannot be one', async () => {
  const whole = await keys('a<enter>b<tab>');
  const text = 'a<enter>b<tab>';
  for (let cut = 0; cut <= text.length; cut++)
    expect(await keys(text.slice(0, cut), text.slice(cut))).toEqual(whole);
  expect(await keys('<<<', 'j')).toEqual(['<', '<', '<', 'j']);
  expect(await keys(`<${'a'.repeat(20)}`)).toHaveLength(21);
});
