import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES } from '@layers/errors';
import { analysed } from '@layers/testing/analysed';
import { json, layoutOf, ociImage } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { allFindings, imageFindings } from '../../src/analysis/findings.ts';
import { FINDING_SEVERITY } from '../../src/findings/codes.ts';

const scratch = useScratch();
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const page = `${root}docs/errors-and-findings.md`;

describe('the page on errors and findings', () => {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const missing = (codes: Iterable<string>): string[] =>
    [...codes].filter((code) => !text.includes(`\`${code}\``));

  test('has every code of a finding, with its severity', () => {
    expect(missing(Object.keys(FINDING_SEVERITY))).toEqual([]);
    for (const [code, severity] of Object.entries(FINDING_SEVERITY)) {
      const line = text.split('\n').find((each) => each.includes(`\`${code}\``));
      expect(line, code).toContain(severity);
    }
  });

  test('has every code of an error', () => {
    expect(missing(ERROR_CODES)).toEqual([]);
  });

  test('has no unknown code', () => {
    const known = new Set<string>([...ERROR_CODES, ...Object.keys(FINDING_SEVERITY)]);
    const told = [...text.matchAll(/`(ERR_LAYERS_[A-Z0-9_]+)`/g)].map(([, code = '']) => code);
    expect(told.filter((code) => !known.has(code))).toEqual([]);
  });
});

describe('findings', () => {
  test('have known severities, and codes of lower-case words', () => {
    for (const [code, severity] of Object.entries(FINDING_SEVERITY)) {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
      expect(['note', 'warning', 'error']).toContain(severity);
    }
  });

  test('are one list: of the archive, the image, its bytes and its layers in order', async () => {
    const layers = [
      buildTar([{ path: 'a' }, { path: 'a' }]),
      buildTar([{ path: '.wh.nothing' }, { path: '../out' }]),
    ];
    const image = ociImage(layers, {
      configMore: {
        history: [{ created_by: 'x' }],
        rootfs: { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`, `sha256:${'1'.repeat(64)}`] },
      },
    });
    const archive = buildTar([
      { path: 'index.json', data: json({}) },
      ...layoutOf([image.manifest.descriptor]),
      ...image.files,
    ]);
    const analysis = await analysed({ path: scratch.file(archive) }, { verify: true });
    const told = allFindings(analysis).map(({ code, place }) => [code, place?.layer, place?.path]);
    expect(told).toEqual([
      ['duplicate-file', undefined, undefined],
      ['history-mismatch', undefined, undefined],
      ['diff-id-mismatch', 0, undefined],
      ['diff-id-mismatch', 1, undefined],
      ['duplicate-entry', 0, '/a'],
      ['name-climbs-out', 1, '/../out'],
      ['whiteout-of-nothing', 1, '/nothing'],
    ]);
    expect(imageFindings(analysis.image)).toEqual(allFindings(analysis).slice(0, 4));
    for (const { code, severity, message } of allFindings(analysis)) {
      expect(Object.entries(FINDING_SEVERITY)).toContainEqual([code, severity]);
      expect(message.length).toBeGreaterThan(10);
    }
  });
});
