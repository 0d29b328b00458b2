import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { command } from './layers-command.ts';

const dist = fileURLToPath(new URL('../../apps/web/dist', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** Serves the built page as a host of static files does. */
export async function servePage(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '');
    try {
      const bytes = readFileSync(join(dist, name));
      response
        .writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' })
        .end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}/`, server };
}

/** The page, and what it did that it must not do after it was loaded. */
export interface OpenPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requests, errors, messages of the console, dialogs. */
  readonly incidents: string[];
}

export async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  const incidents: string[] = [];
  await page.goto(url);
  if (url.startsWith('http')) await page.evaluate('navigator.serviceWorker.ready.then(() => null)');
  context.on('request', (request) => {
    // The browser asks for the icon when it likes.
    if (!/^blob:|\/icon\.svg$/.test(request.url())) incidents.push(`request ${request.url()}`);
  });
  page.on('pageerror', (error) => incidents.push(`error ${error.message}`));
  page.on('console', (message) => incidents.push(`console ${message.text()}`));
  page.on('dialog', (dialog) => {
    incidents.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, page, incidents };
}

/** Chooses files, and waits until an image, a choice of images or an error is shown. */
export async function choose(page: Page, paths: string | string[], input = '#files'): Promise<void> {
  await page.setInputFiles(input, paths);
  await done(page);
}

/** Waits until nothing is read, and an image, a choice of images or an error is shown. */
export async function done(page: Page, shown = '#report h1, .problem, .archives button'): Promise<void> {
  await page.locator(`body:has(.status[hidden]):has(${shown})`).waitFor();
}

/** Compares two images: their positions in the list of all images that were opened. */
export async function compareImages(page: Page, a: number, b: number): Promise<void> {
  await page.getByRole('combobox', { name: 'image A' }).selectOption({ index: a });
  await page.getByRole('combobox', { name: 'image B' }).selectOption({ index: b });
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await done(page, '#report h1, .archive-bar > div > .problem');
}

/** Returns the document that the page offers to save. */
export async function savedJson(page: Page): Promise<string> {
  return saved(page, page.getByRole('button', { name: 'Save as JSON', exact: true }));
}

/** Returns the content of what a button saves, in UTF-8. */
export async function saved(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFileSync(await download.path(), 'utf8');
}

/** What the command prints. */
export interface Inspected {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `layers inspect --json`. */
export function inspect(path: string, image: number): Inspected {
  return runBeside(path, ['inspect', '--json', '--image', `#${image + 1}`, basename(path)]);
}

/** Runs `layers diff --json` with archives of one folder. */
export function diff(
  a: { readonly path: string; readonly image?: number },
  b: { readonly path: string; readonly image?: number },
): Inspected {
  const images = ['--image', `#${(a.image ?? 0) + 1}`, '--image-b', `#${(b.image ?? 0) + 1}`];
  return runBeside(a.path, ['diff', '--json', ...images, basename(a.path), basename(b.path)]);
}

/** Runs the command where an archive is, so that its document has the name that a browser knows. */
function runBeside(path: string, words: readonly string[]): Inspected {
  const args = [command, ...words];
  const env = { ...process.env, LAYERS_CACHE: 'off' };
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: dirname(path),
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
  });
  return { stdout, stderr };
}

/** Returns the error of the command as the page shows it. */
export function errorOf({ stderr }: Inspected): string {
  const [, sentence = '', code = ''] = /^error: (.*) \[(\w+)\]$/m.exec(stderr) ?? [];
  return `${sentence} ${code}`;
}

/** Returns the archives in a folder. */
export function archivesIn(folder: string): string[] {
  return pathsIn(folder).filter((path) => !path.endsWith('.md') && statSync(path).isFile());
}

/** Returns the image layouts in a folder. */
export function layoutsIn(folder: string): string[] {
  return pathsIn(folder).filter((path) => statSync(path).isDirectory());
}

function pathsIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
