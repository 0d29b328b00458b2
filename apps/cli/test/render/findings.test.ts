import type { Finding } from '@layers/core/findings';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../src/output/text-width.ts';
import { findingsNote, findingsSection } from '../../src/render/findings.ts';
import { viewOfWidth } from '../support/views.ts';

const finding = (severity: Finding['severity'], message: string, layer?: number): Finding => ({
  code: 'digest-mismatch',
  severity,
  message,
  ...(layer === undefined ? {} : { place: { layer, path: `/${'long/'.repeat(30)}name\x1b` } }),
});

const section = (findings: readonly Finding[], view = viewOfWidth(80)) => [
  ...findingsSection(findings, view),
];

describe('findingsSection', () => {
  it('prints the most severe first, on lines that fit', () => {
    const lines = section([
      finding('note', 'a note'),
      finding('warning', `a warning \x1b[31m${'x'.repeat(300)}`, 2),
      finding('error', 'an error', 11),
    ]);
    expect(lines.slice(1).map((line) => line.trim().split(' ')[0])).toEqual(['error', 'warning', 'note']);
    expect(Math.max(...lines.map((line) => widthOf(line.trimEnd())))).toBeLessThanOrEqual(80);
    expect(lines.join('')).toMatch(/^[^\x1b]*$/);
  });

  it('shows the first of many, and how to list the others', () => {
    const findings = Array.from({ length: 40 }, (_, i) => finding('note', `note ${i}`));
    expect(section(findings).at(-1)).toContain('and 28 more');
    expect(section(findings, viewOfWidth(80, { trunc: false }))).toHaveLength(41);
  });

  it('prints nothing without findings', () => {
    expect(section([])).toEqual([]);
  });
});

describe('findingsNote', () => {
  it('reports only damage', () => {
    expect(findingsNote([finding('warning', 'w')], viewOfWidth(80))).toBe('');
    expect(findingsNote([finding('note', 'n'), finding('error', 'e\n', 1)], viewOfWidth(80))).toBe(
      'warning: the image is damaged: layer 1: e\\n (layers verify shows all)\n',
    );
    const two = [finding('error', 'first'), finding('error', 'second')];
    expect(findingsNote(two, viewOfWidth(80))).toContain('first, and 1 more error ');
  });

  it('does not call an image damaged because of a layer of another type', () => {
    const encrypted: Finding = { ...finding('error', 'encrypted'), code: 'layer-not-a-tar' };
    expect(findingsNote([encrypted], viewOfWidth(80))).toMatch(
      /^warning: some layers are not shown: encrypted/,
    );
    expect(findingsNote([encrypted, finding('error', 'e')], viewOfWidth(80))).toContain('is damaged');
  });
});
