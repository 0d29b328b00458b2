import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { CheckEvidence, CheckReport, CheckResult } from '@layers/insight/check';

const DIGEST = `sha256:${'ab'.repeat(32)}` as const;

/** Returns a report with these results. Its figures fit no image. */
export function reportOf(results: readonly CheckResult[], parts: Partial<CheckReport> = {}): CheckReport {
  const totals = { fail: 0, warn: 0, pass: 0, skip: 0 };
  for (const { level } of results) totals[level]++;
  return {
    schemaVersion: SCHEMA_VERSION,
    source: { path: 'app.tar', format: 'docker-archive', variant: 'hybrid', compression: null, sizeBytes: 9 },
    image: {
      id: DIGEST,
      manifestDigest: null,
      tags: ['app:1'],
      platform: { os: 'linux', architecture: 'amd64' },
      created: null,
    },
    verdict: totals.fail > 0 ? 'fail' : totals.warn > 0 ? 'warn' : 'pass',
    totals,
    figures: {
      efficiency: 0.875,
      wastedBytes: 1_000_000,
      wastedShare: 0.125,
      storedBytes: 9_000_000,
      contentBytes: 8_000_000,
      rootfsBytes: 7_000_000,
      layers: 3,
      biggestLayer: null,
      addedBytes: null,
      growthBytes: null,
      growthShare: null,
    },
    dive: null,
    layers: [],
    base: null,
    against: null,
    results,
    findings: [],
    ...parts,
  };
}

export function resultOf(parts: Partial<CheckResult> = {}): CheckResult {
  const limit = { text: '500 kB', value: 500_000, unit: 'bytes', from: '--max-wasted' } as const;
  return {
    rule: 'wasted-bytes',
    title: 'wasted bytes',
    level: 'fail',
    limit,
    limits: { fail: limit, warn: null },
    actual: 1_000_000,
    unit: 'bytes',
    reason: '1 MB is wasted, more than 500 kB',
    evidence: [evidenceOf()],
    moreEvidence: 0,
    ...parts,
  };
}

export function evidenceOf(parts: Partial<CheckEvidence> = {}): CheckEvidence {
  return {
    path: '/var/cache/a',
    bytes: 1_000_000,
    layer: 1,
    instruction: 'RUN make',
    note: 'deleted; stored by layer 0',
    ...parts,
  };
}

/** Names of paths that end, begin or hide something in one of the formats. */
export const HOSTILE_NAMES = [
  '/<img src=x onerror=alert(1)>',
  '/"><script>alert(1)</script>',
  '/a`b``c`',
  '/a | b || c',
  '/@everyone please',
  '/mail@example.com',
  '/#1 and GH-2',
  '/https://example.com/www.example.com',
  '/[link](javascript:alert(1)) ![](x)',
  '/</code></td></details><!-- --> -->',
  '/*a* _b_ ~~c~~ \\*',
  '/\n::error::injected',
  '/%0A::error::injected%0D%25',
  '/a\r\n| x | y |',
  '/##[error]injected',
  '/]]>&amp;&#0;<!DOCTYPE a>',
  '/\u0000\u0007\u001b[31m\u202e\u200b\ufffe\uffff\ud800',
  `/${'\u{1f600}'.repeat(20)}`,
] as const;
