import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { examples } from '@layers/testing/command';
import { imagesFolder } from '@layers/testing/real-archives';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Firefox } from './firefox-browser.ts';
import { archivesIn, errorOf, inspect, servePage } from './web-browser.ts';

/** The page that reads images, in a real Firefox. */
const page = pathToFileURL(fileURLToPath(new URL('../../apps/web/dist/index.html', import.meta.url))).href;
const demo = join(examples, 'demo.tar');
let firefox: Firefox;

beforeAll(async () => {
  firefox = await Firefox.start();
});
afterAll(() => firefox?.close());
afterEach(() => {
  expect(firefox.requests).toEqual([]);
  expect(firefox.messages.splice(0)).toEqual([]);
});

async function choose(path: string): Promise<void> {
  await firefox.open(page);
  await firefox.choose('#files', [path]);
  await until('#report h1, .problem, .archives button');
}

/** Waits until nothing is read, and an element is there. */
async function until(selector: string): Promise<void> {
  const isDone = `document.querySelector(${JSON.stringify(`body:has(.status[hidden]):has(${selector})`)}) !== null`;
  await expect.poll(() => firefox.value(isDone), { timeout: 120_000 }).toBe(true);
}

const textOf = (selector: string): Promise<unknown> =>
  firefox.value(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? null`);

it.each([demo, ...archivesIn(imagesFolder ?? examples)])(
  'the documents are those of the command: %s',
  async (path) => {
    await choose(path);
    const count = Number(await firefox.value(`document.querySelectorAll('.archives button').length`));
    if (count === 0) expect(await textOf('.problem p')).toBe(errorOf(inspect(path, 0)));
    for (let image = 0; image < count; image++) {
      await firefox.value(`document.querySelectorAll('.archives button')[${image}].click()`);
      await until('#report h1, .archive-bar > div > .problem');
      const known = inspect(path, image);
      if (known.stdout === '') expect(await textOf('.problem p')).toBe(errorOf(known));
      else expect(await firefox.saved('.archive-bar > button', 'inspect.json')).toBe(known.stdout);
    }
  },
);

it('shows a file, and saves it', async () => {
  await choose(demo);
  await firefox.value(`location.hash = '#/etc/bramble/release'`);
  await expect.poll(() => textOf('.details h2')).toBe('/etc/bramble/release');
  await firefox.value(`document.querySelector('.file-actions button').click()`);
  await expect.poll(() => textOf('dialog pre')).toBe('Bramble 1.4.0\n');
  expect(await firefox.saved('dialog .choices button', 'release')).toBe('Bramble 1.4.0\n');
});

it('forbids requests, in the worker too', async () => {
  const { url, server } = await servePage();
  await firefox.open(url);
  const request = `fetch('${url}').then(() => 'sent', () => 'refused')`;
  expect(await firefox.value(request)).toBe('refused');
  const code = JSON.stringify(`${request}.then(postMessage)`);
  const answer = `new Promise((resolve) => {
    const worker = new Worker(URL.createObjectURL(new Blob([${code}])));
    worker.onmessage = ({ data }) => resolve(data);
  })`;
  expect(await firefox.value(answer)).toBe('refused');
  expect(firefox.messages.splice(0).filter((text) => !text.includes('Content-Security-Policy'))).toEqual([]);
  server.close();
});
