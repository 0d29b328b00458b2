import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveOf } from '@layers/testing/diff-archives';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReport, startChromium, violationsOf, writeReport } from './report-browser.ts';

/** Names and instructions that are scripts, that hide, or that reorder text. */
const folder = mkdtempSync(join(tmpdir(), 'layers-report-'));
const MARKUP = '<img src=x onerror=alert(1)>';
const NAMES = [
  MARKUP,
  '"><script>alert(1)<\u2215script>',
  '<\u2215script><script>alert(1)',
  '\u2028\u2029',
  'a\u202egnp.exe',
  '\u0007\u001b[31m',
  '%2e%2e?x#y&z',
  '__proto__',
  'n'.repeat(4000),
];
let browser: Browser;

beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a hostile image', () => {
  it('is shown as text: no script runs, nothing is requested', async () => {
    const files = NAMES.map((name, i) => ({ path: `d/${name}`, data: Buffer.alloc(1000 * (i + 1), 'x') }));
    const script = Buffer.from('x'.repeat(50_000));
    const archive = join(folder, 'hostile.tar');
    const instruction = `RUN echo '</script><script>alert(2)</script>${MARKUP}' \u202e`;
    writeFileSync(
      archive,
      archiveOf(
        [[...files, { path: 'd/script>/b', data: script }]],
        { form: 'hybrid' },
        {
          history: [{ created_by: instruction }],
        },
      ),
    );
    const file = join(folder, `${encodeURIComponent('hostile')}.html`);
    await writeReport(file, archive);
    const { page, incidents } = await openReport(browser, file);
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await expect.poll(() => tab.getAttribute('aria-selected')).toBe('true');
    }
    await page.getByRole('tab', { name: 'Largest files' }).click();
    await expect.poll(() => page.locator('tbody a').count()).toBe(files.length + 1);
    const rows = await page.locator('tbody a').allInnerTexts();
    expect(rows).toContain(`/d/${MARKUP}`);
    expect(rows).toContain('/d/a\\u{202e}gnp.exe');
    for (const link of await page.locator('tbody a').all()) {
      const name = ((await link.textContent()) ?? '').trim();
      await link.click();
      await expect.poll(async () => (await page.locator('.details h2').textContent())?.trim()).toBe(name);
    }
    expect(await page.locator('.layers').textContent()).toContain('</script><script>alert(2)</script>');
    expect(await page.locator('img, iframe, object, a[href^="javascript"]').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
    expect(await violationsOf(page)).toEqual([]);
    expect(incidents).toEqual([]);
    await page.close();
  });
});
