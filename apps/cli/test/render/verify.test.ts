import type { VerifyDocument } from '@layers/core/analysis';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/output/text-width.ts';
import { renderVerify } from '../../src/render/verify.ts';
import { viewOfWidth } from '../support/views.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

const document: VerifyDocument = {
  schemaVersion: 2,
  source: { path: 'a.tar', format: 'oci-archive', variant: null, compression: null, sizeBytes: 1 },
  image: null,
  verified: false,
  checks: [
    {
      subject: 'config',
      kind: 'image-id',
      declared: digest('a'),
      computed: digest('a'),
      ok: true,
      message: null,
    },
    {
      subject: `blobs/sha256/${'b'.repeat(64)}`,
      kind: 'digest',
      declared: digest('b'),
      computed: digest('c'),
      ok: false,
      message: 'the blob\x1b is another',
    },
    { subject: 'x', kind: 'structure', declared: null, computed: null, ok: false, message: null },
  ],
  findings: [],
};

describe('renderVerify', () => {
  it('prints each mismatch, and the result last', () => {
    const lines = [...renderVerify(document, viewOfWidth(80))].join('').split('\n');
    expect(lines[1]).toMatch(/^config +image-id +aaaaaaaaaaaa +ok$/);
    expect(lines[2]).toMatch(/^blobs\/sha256\/b+…b+ +digest +bbbbbbbbbbbb +WRONG$/);
    expect(lines).toContain('wrong: the blob\\x1b is another');
    expect(lines.at(-2)).toBe('not verified: 2 of 3 checks failed');
    expect(lines.slice(0, 4).every((line) => widthOf(line) <= 80)).toBe(true);
  });

  it('prints how many checks passed', () => {
    const checks = document.checks.slice(0, 1);
    const lines = [...renderVerify({ ...document, verified: true, checks }, viewOfWidth(80))];
    expect(lines.at(-1)).toBe('\nverified: 1 check passed\n');
  });
});
