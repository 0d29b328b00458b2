import type { DiffDocument, HistoryChange } from '@layers/core/diff';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../../src/output/text-width.ts';
import { type View, viewOf } from '../../../src/output/view.ts';
import { renderDiff } from '../../../src/render/diff/diff.ts';
import { renderHistoryChanges } from '../../../src/render/diff/lists.ts';
import {
  added,
  changed,
  identical,
  layer,
  ofFiles,
  removed,
  renamed,
  side,
} from '../../support/diff-documents.ts';
import { viewOfWidth } from '../../support/views.ts';

const ESCAPES = '\x1b[2J\u202e\r\n\t\x07';
const instructions = {
  a: new Map([[0, 'ADD base']]),
  b: new Map([
    [1, 'RUN one'],
    [2, `RUN two ${ESCAPES}`],
  ]),
};

function text(document: DiffDocument, view: View = viewOfWidth(100), top = 20): string {
  return [...renderDiff(document, { top, instructions }, view)].join('');
}

const same = { layers: null, config: null, history: null, packages: null } as const;

/** A difference in every section, with control characters in every text of an image. */
const hostile = ofFiles(
  [
    added(`/etc/a${ESCAPES}`, 5),
    changed(`/etc/link${ESCAPES}`, ['target', 'xattrs'], {
      type: 'symlink',
      a: { linkname: `x${ESCAPES}`, xattrs: { [`user.${ESCAPES}`]: 'AA==' } },
      b: { linkname: `y${ESCAPES}`, xattrs: {} },
    }),
    renamed(`/old${ESCAPES}`, `/new${ESCAPES}`),
    removed('/b\ufffd', 3, { pathBase64: Buffer.from([0x2f, 0x62, 0xff]).toString('base64') }),
  ],
  {
    a: side(`a${ESCAPES}`),
    layers: {
      prefix: 0,
      shared: [],
      sameTree: [{ a: layer(0), b: layer(0, { compression: 'gzip' }), differs: ['mtime', 'order'] }],
      onlyInA: [layer(1, { instruction: ESCAPES })],
      onlyInB: [],
    },
    config: [
      {
        field: `config.${ESCAPES}`,
        key: ESCAPES,
        change: 'changed',
        a: ESCAPES,
        b: { [ESCAPES]: [ESCAPES] },
      },
    ],
    history: [
      {
        change: 'changed',
        indexA: 0,
        indexB: 0,
        fields: ['comment'],
        a: step(ESCAPES, null),
        b: step(ESCAPES, ESCAPES),
      },
    ],
    packages: {
      unchanged: false,
      unreadable: false,
      paths: ['/lib/apk/db/installed'],
      databases: [{ system: 'apk', a: 1, b: 1 }],
      changes: [
        {
          system: 'apk',
          name: ESCAPES,
          architecture: ESCAPES,
          change: 'changed',
          versionA: ESCAPES,
          versionB: '1',
        },
      ],
    },
    findings: [
      {
        code: 'dangling-link',
        severity: 'warning',
        message: ESCAPES,
        place: { side: 'a', layer: 0, path: ESCAPES },
      },
    ],
  },
);

function step(createdBy: string, comment: string | null) {
  return {
    layer: 0,
    created: null,
    createdBy,
    instruction: createdBy,
    comment,
    author: null,
    emptyLayer: false,
    contentBytes: 0,
    storedBytes: 0,
    diffId: null,
  };
}

describe('renderDiff', () => {
  it('prints one line for identical images, with ignored differences', () => {
    expect(text(identical({ ...same, ignored: [{ what: 'mtime', count: 14 }] }))).toBe(
      'identical: files compared; ignored: mtime 14 (--mtime counts them)\n',
    );
    const preset = { ignore: ['builder', 'created', 'hardlinks', 'mtime'] as const };
    expect(text(identical({ ...preset, ignored: [{ what: 'created', count: 2 }] }))).toBe(
      'identical: files, layers, config, history and packages compared; ignored: builder 0, created 2\n',
    );
  });

  it('names no options where there is no command line', () => {
    const options = { top: Infinity, instructions, namesOptions: false };
    const parts = { ignored: [{ what: 'mtime', count: 14 }], byDeclaredDigests: true } as const;
    const view = viewOfWidth(100, { trunc: false });
    for (const document of [identical({ ...same, ...parts }), { ...ofFiles([]), ...parts }]) {
      const shown = [...renderDiff(document, options, view)].join('');
      expect(shown).toContain('mtime 14');
      expect(shown).toContain('declared digests');
      expect(shown).not.toContain('--');
    }
  });

  it('names both images, and has a section for each thing that was compared', () => {
    const lines = text(ofFiles([changed('/x', ['mode'], { a: { mode: 0o755 }, b: { mode: 0o4700 } })])).split(
      '\n',
    );
    expect(lines.slice(0, 2)).toEqual([
      'A  a.tar  a:latest  linux/amd64  6.4 MB in 3 layers  aaaaaaaaaaaa',
      'B  b.tar  b:latest  linux/amd64  6.4 MB in 3 layers  bbbbbbbbbbbb',
    ]);
    expect(lines.slice(3)).toEqual([
      'Files     1 changed · 0 B',
      ' ~  /x  mode 0755 -> 4700  layer 1: RUN one',
      'Layers    the same',
      'Config    the same',
      'History   the same',
      'Packages  no package database in either image',
      '',
    ]);
  });

  it('shows up to which layer images were compared', () => {
    const document = ofFiles([], {
      ...same,
      a: side('a', { upToLayer: -1, layers: 0 }),
      b: side('b', { upToLayer: 1 }),
    });
    expect(text(document)).toContain('in 0 layers (none selected)');
    expect(text(document)).toContain('in 3 layers (up to layer 1)');
  });

  it.each([60, 80, 132])('escapes text from images, in %i columns', (width) => {
    const shown = text(hostile, viewOfWidth(width));
    expect(shown).toMatch(/^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]*$/);
    expect(shown.split('\n').filter((line) => widthOf(line) > width)).toEqual([]);
    expect(text(hostile, viewOfWidth(width, { trunc: false }))).toMatch(
      /^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]*$/,
    );
  });

  it('shows the differences of a layer, a field, a step and a package', () => {
    const shown = text(hostile, viewOfWidth(400));
    expect(shown).toContain(
      'Layers    1 with the same content, packaged differently · 1 only in A (2.05 kB)',
    );
    expect(shown).toContain("same files as A's 0 (raw -> gzip, mtime, order)");
    expect(shown).toMatch(/Config {4}1 field differs\n ~ {2}config\.\S+/);
    expect(shown).toMatch(/History {3}1 step differs\n ~ {2}0 {2}comment null -> /);
    expect(shown).toMatch(/Packages {2}1 changed\n/);
    expect(shown).toContain('warning');
  });

  it('colors additions green and removals red, and nothing without colors', () => {
    const view = viewOf({ isTTY: true, columns: 100 }, { LANG: 'C.UTF-8', FORCE_COLOR: '1' });
    const document = ofFiles([added('/a', 1), removed('/b', 1), renamed('/c', '/d')], same);
    const shown = text(document, view);
    expect(shown).toContain('\x1b[32m+\x1b[39m');
    expect(shown).toContain('\x1b[31m-\x1b[39m');
    expect(shown).toContain('\x1b[36m>\x1b[39m');
    expect(text(document)).not.toContain('\x1b');
  });

  it('shows the differing parts of long values', () => {
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'.repeat(3);
    const config = [
      { field: 'config.Env', key: 'PATH', change: 'changed', a: `${path}:/a`, b: `${path}:/b` },
    ] as const;
    expect(text(ofFiles([], { ...same, config }), viewOfWidth(80))).toMatch(/ {2}…\S*:\/a -> …\S*:\/b\n/);
  });

  it('shows the build container only with --no-trunc', () => {
    const config = [
      { field: 'config.User', change: 'added', b: 'x' },
      { field: 'container', change: 'changed', a: '1', b: '2' },
      { field: 'container_config.Cmd', change: 'removed', a: ['sh'] },
    ] as const;
    const shown = text(ofFiles([], { ...same, config }));
    expect(shown).toContain(' +  config.User  x\n  and 2 fields of the build container');
    expect(text(ofFiles([], { ...same, config }), viewOfWidth(80, { trunc: false }))).toContain(
      ' ~  container             1 -> 2\n -  container_config.Cmd  ["sh"]\n',
    );
  });

  it('lists at most N changes of each kind', () => {
    const config = Array.from({ length: 9 }, (_, i) => ({ field: `f${i}`, change: 'added', b: i }) as const);
    const shown = text(ofFiles([], { ...same, config }), viewOfWidth(80), 4);
    expect(shown.match(/ \+ {2}f\d/g)).toHaveLength(4);
    expect(shown).toContain('and 5 more: --top N lists more, --no-trunc all');
  });

  it('supports values that are nested deeper than the call stack', () => {
    let deep: unknown = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const config = [{ field: 'config.x', change: 'changed', a: deep, b: 1 }] as const;
    expect(text(ofFiles([], { ...same, config }), viewOfWidth(80, { trunc: false }))).toContain('-> 1\n');
  });
});

describe('renderHistoryChanges', () => {
  const timed = (index: number): HistoryChange => ({
    change: 'changed',
    indexA: index,
    indexB: index,
    fields: ['created'],
    a: { ...step(`RUN ${index}`, null), created: '2026-01-01T00:00:00Z' },
    b: { ...step(`RUN ${index}`, null), created: '2026-01-02T00:00:00Z' },
  });
  const other: HistoryChange = { change: 'added', indexB: 9, b: step('RUN other', null) };
  const rendered = (changes: readonly HistoryChange[], trunc: boolean) =>
    [...renderHistoryChanges(changes, 20, viewOfWidth(100, { trunc }))].join('');

  it('folds steps that differ in their times only', () => {
    const folded = rendered([timed(0), other, timed(1)], true);
    expect(folded).toContain('2 steps differ in their times only: --no-trunc lists them\n');
    expect(folded).toContain('RUN other\n');
    expect(folded).not.toContain('RUN 0');
  });

  it('lists all with --no-trunc, and a single one', () => {
    expect(rendered([timed(0), timed(1)], false)).toContain('RUN 1\n');
    expect(rendered([timed(0), other], true)).toContain('RUN 0\n');
  });
});
