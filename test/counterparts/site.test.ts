import { spawnSync } from 'node:child_process';
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startChromium } from './report-browser.ts';

/** The documentation site, built and served, in a real browser. Screenshots of it are in build/site-screenshots. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const site = join(root, 'build/site');
const screenshots = join(root, 'build/site-screenshots');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

function node(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

let server: Server;
let address = '';
let browser: Browser;
let incidents: string[] = [];
const opened: Page[] = [];

beforeAll(async () => {
  // The API pages take as long as all others, and typedoc checks their links.
  const { status, stderr } = node('site/build.mjs', '--no-api');
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  mkdirSync(screenshots, { recursive: true });
  server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname);
    const file = join(site, path.endsWith('/') ? `${path}index.html` : path);
    if (!file.startsWith(site) || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      // As hosts of static files do.
      response.writeHead(404, { 'content-type': 'text/html' });
      createReadStream(join(site, '404.html')).pipe(response);
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const found = server.address();
  address = `http://127.0.0.1:${typeof found === 'object' ? found?.port : ''}`;
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});
afterEach(async () => {
  for (const page of opened.splice(0)) await page.close();
  const found = incidents;
  incidents = [];
  expect(found).toEqual([]);
});

/** Opens a page, and notes requests to other hosts, missing files, errors and messages. */
async function open(path: string, { width = 1280, dark = false } = {}): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
  });
  opened.push(page);
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:'))
      incidents.push(`request ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) incidents.push(`${response.status()} ${response.url()}`);
  });
  page.on('pageerror', (error) => incidents.push(`error ${error.message}`));
  page.on('console', (message) => incidents.push(`console ${message.text()}`));
  await page.goto(address + path, { waitUntil: 'networkidle' });
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

const backgroundOf = (page: Page): Promise<unknown> =>
  page.evaluate('getComputedStyle(document.body).backgroundColor');

describe('the documentation site', () => {
  it('has no link that leads nowhere', () => {
    const { status, stdout } = node('site/check-site.mjs', '--no-api');
    expect([status, stdout]).toEqual([0, '']);
  });

  it('begins with a page that leads to the first commands, in light and dark', async () => {
    const light = await open('/');
    await picture(light, 'start-light');
    const dark = await open('/', { dark: true });
    await picture(dark, 'start-dark');
    expect(await backgroundOf(light)).not.toBe(await backgroundOf(dark));
    await light.getByRole('link', { name: 'Get started' }).click();
    await expect.poll(() => light.locator('h1').textContent()).toMatch(/^Get started/);
    expect(await light.locator('.vp-doc').textContent()).toContain('npm start -- inspect examples/demo.tar');
  });

  it('has the images of the recipes for readers without a clone', async () => {
    const page = await open('/recipes/find-a-leaked-key.html');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'shop-1.0.tar' }).click();
    const { stdout } = node('apps/cli/bin/layers.js', 'list', await (await download).path());
    expect(stdout).toContain('shop:1.0');
  });

  it('says how to install the command, and lists schemas and decisions only on their own pages', async () => {
    const page = await open('/install.html');
    expect(await page.locator('h1').textContent()).toMatch(/^Install/);
    const decisions = page.locator('.VPSidebar a[href^="/decisions/"]');
    expect(await decisions.count()).toBe(1);
    await decisions.click();
    await expect.poll(() => decisions.count()).toBeGreaterThan(20);
  });

  it('has a page of each command, with templates as they are typed', async () => {
    const page = await open('/reference/commands/inspect.html');
    await picture(page, 'command');
    const text = (await page.locator('.vp-doc').textContent()) ?? '';
    expect(text).toContain("layers inspect -f '{{.Config.Labels}}' app.tar");
    expect(text).toContain('--top <N>');
    expect(text).toContain('the input cannot be read or is corrupt');
    await page.locator('.vp-doc').getByRole('link', { name: 'schema' }).first().click();
    await expect.poll(() => page.locator('h1').textContent()).toMatch(/^inspect/);
    expect(await page.locator('.vp-doc').textContent()).toContain('layersRead');
  });

  it('shows recipes with their output', async () => {
    const page = await open('/recipes/find-a-leaked-key.html');
    await picture(page, 'recipe');
    expect(await page.locator('.vp-doc').textContent()).toContain('2 secrets found: 2 errors');
  });

  it('says above each page what it is about, and to which part the page belongs', async () => {
    const page = await open('/recipes/find-a-leaked-key.html');
    expect(await page.locator('.where').textContent()).toBe('layers: container images as files › Recipes');
    expect(await page.title()).toBe('Find a leaked key | layers: container images as files');
    expect(await page.locator('meta[name=description]').getAttribute('content')).toMatch(
      /^A key that a RUN rm/,
    );
    await page.locator('.where a').click();
    await expect.poll(() => page.locator('h1').textContent()).toContain('Container images as files');
  });

  it('has an address for each code of an error or a finding', async () => {
    const page = await open('/errors-and-findings.html#ERR_LAYERS_READ');
    await expect
      .poll(() => page.evaluate('document.getElementById("ERR_LAYERS_READ").getBoundingClientRect().top'))
      .toBeLessThan(400);
    await picture(page, 'error');
    const security = await open('/security.html');
    await security.locator('.vp-doc').getByRole('link', { name: 'ERR_LAYERS_LIMIT' }).first().click();
    await expect.poll(() => security.url()).toMatch(/errors-and-findings(?:\.html)?#ERR_LAYERS_LIMIT$/);
  });

  it('has pages for installing it with every way, and for its use in the shell', async () => {
    const page = await open('/install.html');
    expect(await page.locator('.vp-doc').textContent()).toContain('npm install --global layers-cli');
    await page.locator('.VPSidebar').getByRole('link', { name: 'The command in your shell' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toMatch(/^layers-cli/);
  });

  it('leads from an address that does not exist to the first page', async () => {
    const page = await browser.newPage();
    opened.push(page);
    await page.goto(`${address}/nothing.html`);
    expect(await page.locator('h1').textContent()).toBe('This page does not exist');
    await picture(page, 'not-found');
    await page.getByRole('link', { name: 'the first page' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toContain('Container images as files');
  });

  it('shows all columns of the output beside the sidebar', async () => {
    const page = await open('/recipes/shrink-a-python-image.html');
    const hidden = await page.evaluate(
      'Math.max(...[...document.querySelectorAll(".language-console pre")].map((each) => each.scrollWidth - each.clientWidth))',
    );
    expect(hidden).toBe(0);
  });

  it('finds pages by words, without a server', async () => {
    const page = await open('/start.html');
    await page.locator('.DocSearch-Button, .VPNavBarSearch button').first().click();
    await page.locator('.VPLocalSearchBox input').fill('whiteout');
    const results = page.locator('.VPLocalSearchBox .result');
    await expect.poll(() => results.count()).toBeGreaterThan(2);
    await picture(page, 'search');
    await page.locator('.VPLocalSearchBox input').fill('air-gapped');
    await expect.poll(() => results.first().textContent()).toMatch(/air-gapped/i);
    await results.first().click();
    await expect.poll(() => page.locator('h1').textContent()).toMatch(/^Move images to an air-gapped site/);
  });

  it('fits on a phone', async () => {
    for (const [path, name] of [
      ['/reference/commands/diff.html', 'phone-command'],
      ['/recipes/shrink-a-python-image.html', 'phone-recipe'],
      ['/fleet.html', 'phone-fleet'],
      ['/explore.html', 'phone-explore'],
      ['/errors-and-findings.html', 'phone-errors'],
      ['/command.html', 'phone-shell'],
    ] as const) {
      const page = await open(path, { width: 360 });
      await picture(page, name);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
  });
});
