import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reading } from '@layers/core/io';
import type { PageAssets } from '@layers/report/html';

/** Reads the code of the page of a report about one image or two. The build puts it beside the bundle of the command. */
export function pageAssets(isComparison: boolean): PageAssets {
  const script = assetText(isComparison ? 'comparison-page.js' : 'report-page.js');
  return { script, style: assetText('report-style.css') };
}

function assetText(name: string): string {
  // What is not bundled, which tests run, uses the assets of the last build.
  const folder = /\/input\/page-assets\.[jt]s$/.test(import.meta.url) ? '../../dist' : '.';
  const path = fileURLToPath(new URL(`${folder}/${name}`, import.meta.url));
  return reading(path, () => readFileSync(path, 'utf8'));
}
