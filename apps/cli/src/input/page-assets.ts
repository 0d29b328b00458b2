import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { reading } from '@layers/core/io';
import type { PageAssets } from '@layers/report/html';

/** What a report is about. */
export type ReportKind = 'image' | 'comparison' | 'fleet';

const SCRIPTS: Readonly<Record<ReportKind, string>> = {
  image: 'report-page.js',
  comparison: 'comparison-page.js',
  fleet: 'fleet-page.js',
};

/** Reads the code of the page of a report. The build puts it beside the bundle of the command. */
export function pageAssets(kind: ReportKind): PageAssets {
  const styles = ['report-style.css', ...(kind === 'fleet' ? ['fleet-style.css'] : [])];
  return { script: assetText(SCRIPTS[kind]), style: styles.map(assetText).join('') };
}

function assetText(name: string): string {
  // What is not bundled, which tests run, uses the assets of the last build.
  const folder = /\/input\/page-assets\.[jt]s$/.test(import.meta.url) ? '../../dist' : '.';
  const path = fileURLToPath(new URL(`${folder}/${name}`, import.meta.url));
  return reading(path, () => readFileSync(path, 'utf8'));
}
