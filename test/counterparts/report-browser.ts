import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

/** Starts Debian's Chromium. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/** How a page is opened. */
export interface PageOptions {
  readonly width?: number;
  readonly dark?: boolean;
  readonly fragment?: string;
}

/** A page of a report, and what it did that no report does. */
export interface OpenReport {
  readonly page: Page;
  /** Requests, errors, and messages of the console. */
  readonly incidents: string[];
}

/** Opens a report from disk, and waits until it is shown. */
export async function openReport(
  browser: Browser,
  file: string,
  { width = 1280, dark = false, fragment = '' }: PageOptions = {},
): Promise<OpenReport> {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
  });
  const incidents: string[] = [];
  const address = pathToFileURL(file).href;
  page.on('request', (request) => {
    const url = request.url();
    if (url.split('#')[0] !== address && url !== 'data:,') incidents.push(`request ${url}`);
  });
  page.on('pageerror', (error) => incidents.push(`error ${error.message}`));
  page.on('console', (message) => incidents.push(`console ${message.text()}`));
  page.on('dialog', (dialog) => {
    incidents.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address + fragment);
  await page.waitForSelector('main');
  return { page, incidents };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Returns what axe finds wrong, each with the first elements. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const text: unknown = await page.evaluate(
    `axe.run().then(({violations})=>JSON.stringify(violations.map(({id,nodes})=>id+': '+nodes.slice(0,3).map(({html,failureSummary})=>html.slice(0,160)+' '+failureSummary).join(' | '))))`,
  );
  const found: unknown = JSON.parse(String(text));
  return Array.isArray(found) ? found.map(String) : [String(found)];
}

/** Writes a report with the command. */
export async function writeReport(file: string, ...args: readonly string[]): Promise<void> {
  await run(process.execPath, [command, 'report', '--force', '-o', file, ...args]);
}
