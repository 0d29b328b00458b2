import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PrintedMetrics } from '@layers/insight/dive';

/** What dive says about an archive. */
export interface DiveAnswer {
  readonly layers: number;
  readonly metrics: PrintedMetrics;
  /** Of `--json`, with all digits. */
  readonly efficiency: number;
  readonly sizeBytes: number;
  readonly passes: boolean;
}

interface Exported {
  readonly layer: readonly unknown[];
  readonly image: { readonly efficiencyScore: number; readonly sizeBytes: number };
}

export const hasDive = spawnSync('dive', ['--version']).status === 0;

const FIGURES = /efficiency: (.*) %\n\s+wastedBytes: (\d+) bytes.*\n\s+userWastedPercent: (.*) %/;

/** Runs dive with its own limits, or with options; returns a string where it cannot read the archive. `folder` is for files of dive. */
export function askDive(
  archive: string,
  folder: string,
  options: readonly string[] = [],
): DiveAnswer | string {
  const args = ['--source', 'docker-archive', ...options, archive];
  const env = { PATH: process.env['PATH'], HOME: folder, CI: 'true' };
  const checked = spawnSync('dive', args, { cwd: folder, env, encoding: 'utf8' });
  const found = FIGURES.exec(checked.stdout);
  if (found === null) {
    const lines = `${checked.stdout}\n${checked.stderr}`.split('\n');
    const reason = lines.findLast((line) => /invalid|cannot|could not|panic|unable|directory/i.test(line));
    return (reason ?? lines.at(-2) ?? '').slice(0, 120);
  }
  const [, efficiency = '', wastedBytes = '', userWastedPercent = ''] = found;
  const file = join(folder, 'dive.json');
  // dive writes over the start of an existing file.
  rmSync(file, { force: true });
  spawnSync('dive', ['--json', file, ...args], { cwd: folder, env: { ...env, CI: 'false' } });
  const { layer, image }: Exported = JSON.parse(readFileSync(file, 'utf8'));
  return {
    layers: layer.length,
    metrics: { efficiency, wastedBytes, userWastedPercent },
    efficiency: image.efficiencyScore,
    sizeBytes: image.sizeBytes,
    passes: checked.status === 0,
  };
}
