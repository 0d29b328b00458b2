import { join } from 'node:path';
import { needsThat } from '@layers/testing/needs';
import { runs } from '@layers/testing/random-runs';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryStep } from '../../../src/analysis/documents.ts';
import { historyDocument } from '../../../src/analysis/history.ts';
import { compareHistories, type HistoryChange } from '../../../src/diff/history/history-changes.ts';
import type { Ignorable } from '../../../src/diff/ignorable.ts';
import { openArchive } from '../../../src/image/open-archive.ts';
import { readImage } from '../../../src/image/read-image.ts';

const step = (createdBy: string | null, more: Partial<HistoryStep> = {}): HistoryStep => ({
  layer: null,
  created: null,
  createdBy,
  instruction: createdBy,
  comment: null,
  author: null,
  emptyLayer: false,
  contentBytes: 0,
  storedBytes: 0,
  diffId: null,
  ...more,
});
const steps = (...all: string[]): HistoryStep[] => all.map((of) => step(of));
const compare = (a: readonly HistoryStep[], b: readonly HistoryStep[], ...ignore: Ignorable[]) =>
  compareHistories(a, b, { ignore: new Set(ignore) });

/** `-0 RUN x`, `+1 RUN y`, `2~3 created,comment`. */
const summary = (a: readonly HistoryStep[], b: readonly HistoryStep[], ...ignore: Ignorable[]): string[] =>
  compare(a, b, ...ignore).changes.map(({ change, indexA, indexB, fields, a: of, b: other }) => {
    if (change === 'removed') return `-${indexA} ${of?.createdBy}`;
    return change === 'added' ? `+${indexB} ${other?.createdBy}` : `${indexA}~${indexB} ${fields?.join()}`;
  });

describe('two histories', () => {
  test('differ in added, removed and replaced steps', () => {
    expect(summary(steps('base', 'cmd', 'run'), steps('base', 'env', 'cmd', 'run 2', 'copy'))).toEqual([
      '+1 env',
      '-2 run',
      '+3 run 2',
      '+4 copy',
    ]);
  });

  test('changes contain the steps themselves', () => {
    const [a, b] = [step('a'), step('b')];
    expect(compare([a], [b]).changes).toEqual([
      { change: 'removed', indexA: 0, a },
      { change: 'added', indexB: 0, b },
    ]);
  });

  test('equal steps are distinguished by position', () => {
    expect(summary(steps('copy', 'copy', 'copy'), steps('copy', 'copy'))).toHaveLength(1);
  });

  test('a step with a layer differs from a step without one', () => {
    expect(summary([step('a')], [step('a', { emptyLayer: true })])).toEqual(['-0 a', '+0 a']);
  });

  test('fields derived from the layers are not compared', () => {
    expect(summary([step('a', { layer: 1, contentBytes: 5, diffId: 'x' })], [step('a')])).toEqual([]);
  });

  test('an absent text equals an empty one', () => {
    expect(summary([step(null)], [step('', { comment: '', author: '', created: '' })])).toEqual([]);
  });

  test('only common ends correspond in histories that are too long and too different', () => {
    const many = Array.from({ length: 5000 }, (_, i) => step(`${i}`));
    const a = [step('base'), ...many, step('end')];
    const b = [step('base'), ...many.toReversed(), step('end')];
    expect(compare(a, b).changes.map(({ change }) => change)).toEqual([
      ...many.map(() => 'removed'),
      ...many.map(() => 'added'),
    ]);
  });

  test('histories of hundreds of thousands of steps are compared', () => {
    const a = Array.from({ length: 300_000 }, (_, i) => step(`a ${i}`));
    expect(compare(a, [...a, step('end')]).changes).toHaveLength(1);
    expect(
      compare(
        a,
        a.map(({ createdBy }) => step(`other ${createdBy}`)),
      ).changes,
    ).toHaveLength(600_000);
  });
});

describe('a step of both images', () => {
  test('has changes of time, author and comment', () => {
    const a = step('a', { created: '1', author: 'x', comment: 'p' });
    const b = step('a', { created: '2', author: 'y', comment: 'q' });
    expect(compare([a], [b]).changes).toEqual([
      { change: 'changed', indexA: 0, indexB: 0, fields: ['created', 'author', 'comment'], a, b },
    ]);
    expect(summary([step('new'), a], [b])).toEqual(['-0 new', '1~0 created,author,comment']);
  });

  test('can differ in an ignored time', () => {
    const a = [step('a', { created: '1' }), step('b', { created: '1', comment: 'x' })];
    const b = [step('a', { created: '2' }), step('b', { created: '2', comment: 'y' })];
    expect(summary(a, b, 'created')).toEqual(['1~1 comment']);
    expect(compare(a, b, 'created').ignored).toEqual(new Map([['created', 2]]));
    expect(summary(a, b, 'builder')).toHaveLength(2);
  });

  test.each<[Partial<HistoryStep>, Partial<HistoryStep>]>([
    [{ comment: 'buildkit.dockerfile.v0' }, {}],
    [{ comment: 'buildkit.dockerfile.v0' }, { comment: 'buildkit.exporter.image.v0' }],
    [{ comment: 'FROM c7cb96d7318e' }, { comment: 'FROM 148b7f592e01' }],
    [{ author: 'kaniko' }, { author: '' }],
    [{ author: 'Bazel' }, { author: 'Jib' }],
  ])('text of a builder can be ignored: %j', (a, b) => {
    expect(summary([step('a', a)], [step('a', b)], 'created')).toHaveLength(1);
    expect(compare([step('a', a)], [step('a', b)], 'builder')).toEqual({
      changes: [],
      ignored: new Map([['builder', 1]]),
    });
  });

  test.each<[Partial<HistoryStep>, Partial<HistoryStep>]>([
    [{ comment: 'buildkit.dockerfile.v0' }, { comment: 'FROM alpine' }],
    [{ comment: 'x buildkit.dockerfile.v0' }, {}],
    [{ comment: 'kaniko' }, {}],
    [{ author: 'somebody' }, { author: 'kaniko' }],
    [{ author: 'buildkit.dockerfile.v0' }, {}],
  ])('text that people wrote cannot: %j', (a, b) => {
    expect(summary([step('a', a)], [step('a', b)], 'builder', 'created')).toHaveLength(1);
  });

  test('all changes can be ignored', () => {
    const a = [step('a', { created: '1', comment: '1' }), step('b')];
    const b = [step('a', { created: '2', comment: '2' }), step('c')];
    expect(compare(a, b, 'history', 'created')).toEqual({ changes: [], ignored: new Map([['history', 3]]) });
  });
});

describe('for all histories', () => {
  const text = fc.constantFrom(null, '', 'x', 'kaniko', 'buildkit.dockerfile.v0');
  const some = fc
    .record({
      createdBy: fc.constantFrom(null, 'a', 'b', 'c'),
      created: text,
      author: text,
      comment: text,
      emptyLayer: fc.boolean(),
    })
    .map(({ createdBy, ...more }) => step(createdBy, more));
  const history = fc.array(some, { maxLength: 12 });
  const ignore = fc.subarray<Ignorable>(['created', 'builder', 'history', 'mtime']);

  test('a history does not differ from itself', () => {
    fc.assert(
      fc.property(history, ignore, (a, what) => {
        expect(compare(a, structuredClone(a), ...what)).toEqual({ changes: [], ignored: new Map() });
      }),
      { numRuns: runs(300, 10_000) },
    );
  });

  test('swapping A and B swaps the changes', () => {
    const mirrored = ({ change, indexA, indexB, fields, a, b }: HistoryChange) => ({
      change: change === 'added' ? 'removed' : change === 'removed' ? 'added' : 'changed',
      indexA: indexB,
      indexB: indexA,
      fields,
      a: b,
      b: a,
    });
    const place = ({
      change,
      indexA = -1,
      indexB = -1,
    }: {
      change: string;
      indexA?: number | undefined;
      indexB?: number | undefined;
    }) => `${change} ${indexA} ${indexB}`;
    const sorted = <T extends Parameters<typeof place>[0]>(all: T[]): T[] =>
      all.sort((x, y) => (place(x) < place(y) ? -1 : 1));
    fc.assert(
      fc.property(history, history, ignore, (a, b, what) => {
        const forth = compare(a, b, ...what);
        const back = compare(b, a, ...what);
        expect(sorted(back.changes)).toEqual(sorted(forth.changes.map(mirrored)));
        expect(back.ignored).toEqual(forth.ignored);
      }),
      { numRuns: runs(300, 10_000) },
    );
  });

  test('the changes turn A into B', () => {
    fc.assert(
      fc.property(history, history, (a, b) => {
        const { changes } = compare(a, b);
        const kept = a.filter(
          (_, i) => !changes.some(({ change, indexA }) => change === 'removed' && indexA === i),
        );
        for (const { change, indexB = 0, b: of } of changes) {
          if (change === 'added' && of !== undefined) kept.splice(indexB, 0, of);
          if (change === 'changed' && of !== undefined) kept[indexB] = of;
        }
        const texts = (all: readonly HistoryStep[]) =>
          all.map((of) =>
            [of.createdBy, of.created, of.author, of.comment]
              .map((value) => value ?? '')
              .concat(`${of.emptyLayer}`),
          );
        expect(texts(kept)).toEqual(texts(b));
      }),
      { numRuns: runs(300, 10_000) },
    );
  });
});

describe('real histories', () => {
  const historyOf = async (name: string): Promise<HistoryStep[]> => {
    const archive = await openArchive({ path: join(imagesFolder ?? '', name) });
    const [image] = archive.images;
    if (image === undefined) throw new Error('no image');
    return historyDocument(await readImage(archive, image)).history.toReversed();
  };

  test(
    'an image committed from another one',
    needsThat(imagesFolder !== undefined, NO_REAL_ARCHIVES),
    async () => {
      const [base, first, second] = await Promise.all(
        ['containerd-alpine-3.14.tar', 'docker20-alpine-modifiee.tar', 'docker20-alpine-modifiee2.tar'].map(
          historyOf,
        ),
      );
      expect(summary(base ?? [], first ?? [])).toEqual([
        '+2 sh -c cat /etc/alpine-release; touch /tmp/mon-fichier.txt',
      ]);
      expect(summary(second ?? [], first ?? [])).toEqual([expect.stringMatching(/^-3 sh -c echo x:x:1000/)]);
    },
  );
});
