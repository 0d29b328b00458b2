import { digestOf } from '@layers/core/digest';
import { joinHistory, parseConfig } from '@layers/core/oci';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendHistory, type RawHistory, squashHistory } from '../../src/config/history.ts';
import { plainJson, rawJsonOf, rawJsonText } from '../../src/config/raw-json.ts';
import { historyOf, withLayers } from '../../src/config/with-layers.ts';

const raw = (steps: readonly object[]): RawHistory => steps.map(rawJsonOf);
const plain = (history: RawHistory): unknown[] => history.map(plainJson);
const step = (name: string) => ({ created_by: name });
const empty = (name: string) => ({ created_by: name, empty_layer: true });

test('the steps of merged layers become one that lists them; others keep their order', () => {
  const history = raw([
    step('ADD base'),
    empty('/bin/sh -c #(nop)  ENV A=1'),
    step('/bin/sh -c #(nop) COPY a /'),
    empty('USER x'),
    step('RUN /bin/sh -c make # buildkit'),
    step('last'),
  ]);
  const merged = squashHistory(history, 4, 1, 2, {
    created: '1970-01-01T00:00:00Z',
    createdBy: 'layers squash',
  });
  expect(plain(merged)).toEqual([
    step('ADD base'),
    empty('/bin/sh -c #(nop)  ENV A=1'),
    empty('USER x'),
    {
      created: '1970-01-01T00:00:00Z',
      created_by: 'layers squash',
      comment: 'merged 2 steps: COPY a /; RUN make',
    },
    step('last'),
  ]);
});

test('a given comment takes precedence, and a long one is truncated', () => {
  const history = raw(Array.from({ length: 100 }, (_, i) => step(`step ${i} \n ${'x'.repeat(50)}`)));
  expect(plain(squashHistory(history, 100, 0, 99, { comment: 'mine' }))).toEqual([{ comment: 'mine' }]);
  const [one] = plain(squashHistory(history, 100, 0, 99));
  expect(one).toEqual({ comment: expect.stringMatching(/^merged 100 steps: step 0 x+; .{400,}…$/) });
});

test('a single layer keeps its step, unless fields are given', () => {
  const history = raw([{ ...step('a'), odd: 1 }, step('b')]);
  expect(squashHistory(history, 2, 0, 0)).toBe(history);
  expect(plain(squashHistory(history, 2, 0, 0, { createdBy: 'x' }))[0]).toEqual({
    created_by: 'x',
  });
});

test('without a history, merging all layers makes one step and merging some makes none', () => {
  expect(plain(squashHistory([], 3, 0, 2, { createdBy: 'x' }))).toEqual([
    { created_by: 'x', comment: 'merged 3 layers' },
  ]);
  expect(squashHistory([], 3, 1, 2, { createdBy: 'x' })).toEqual([]);
});

test('a history with too few steps loses those of the merged layers', () => {
  const history = raw([step('a'), step('b')]);
  expect(plain(squashHistory(history, 4, 1, 3))).toEqual([step('a'), { comment: 'merged 1 step: b' }]);
  expect(squashHistory(history, 4, 2, 3)).toBe(history);
});

test('hostile: steps and fields of other types are accepted', () => {
  const history = [rawJsonOf(null), rawJsonOf(7), rawJsonOf({ created_by: 9, empty_layer: 'yes' })];
  expect(plain(squashHistory(history, 3, 0, 2))).toEqual([{ comment: 'merged 3 steps: ?; ?; ?' }]);
});

test('a history that matches its layers still matches after a merge', () => {
  const steps = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(steps, fc.nat(20), fc.nat(20), (flags, a, b) => {
      const layers = flags.filter((isEmpty) => !isEmpty).length;
      if (layers === 0) return;
      const [from = 0, to = 0] = [a % layers, b % layers].sort((x, y) => x - y);
      const history = raw(flags.map((isEmpty, i) => (isEmpty ? empty(`${i}`) : step(`${i}`))));
      const merged = squashHistory(history, layers, from, to);
      const left = layers - (to - from);
      const document = { rootfs: { type: 'layers' }, history: plain(merged) };
      const entries = parseConfig(document, 'test').history;
      expect(joinHistory(entries, left).mismatch).toBe(false);
      const empties = (of: RawHistory) => of.map(rawJsonText).filter((text) => text.includes('empty_layer'));
      expect(empties(merged)).toEqual(empties(history));
    }),
    { numRuns: runs(200, 20_000) },
  );
});

test('a step is appended, after a step for each layer without one', () => {
  expect(plain(appendHistory(raw([step('a')]), { createdBy: 'b', emptyLayer: true }, 1))).toEqual([
    step('a'),
    { created_by: 'b', empty_layer: true },
  ]);
  expect(plain(appendHistory(raw([empty('e')]), { createdBy: 'b' }, 2))).toEqual([
    empty('e'),
    { comment: expect.any(String) },
    { comment: expect.any(String) },
    { created_by: 'b' },
  ]);
});

const ids = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))] as const;

test('layers are replaced, and other fields keep their spelling', () => {
  const before = Buffer.from(
    `{"x":1.0,"rootfs":{"odd":1,"type":"layers","diff_ids":["${ids[0]}"]},"history":[{"b":1.0,"created_by":"\\u003c"}]}`,
  );
  const history = appendHistory(historyOf(before), { createdBy: 'n' });
  expect(Buffer.from(withLayers(before, { diffIds: ids, history })).toString()).toBe(
    `{"x":1.0,"rootfs":{"odd":1,"type":"layers","diff_ids":["${ids[0]}","${ids[1]}"]},` +
      '"history":[{"b":1.0,"created_by":"\\u003c"},{"created_by":"n"}]}',
  );
});

test('the same layers and history return the same bytes', () => {
  const before = Buffer.from(`{ "rootfs":{"type":"layers","diff_ids":["${ids[0]}"]}, "history": [ {} ] }`);
  expect(withLayers(before, { diffIds: [ids[0]], history: historyOf(before) })).toBe(before);
  expect(withLayers(before, { diffIds: [ids[0]] })).toBe(before);
  const none = Buffer.from('{ "rootfs":{"type":"layers","diff_ids":null}, "history": null }');
  expect(historyOf(none)).toEqual([]);
  expect(Buffer.from(withLayers(none, { diffIds: [] })).toString()).toBe(none.toString());
});

test('a config without rootfs and history gets both', () => {
  const after = withLayers(Buffer.from('{}'), { diffIds: [ids[0]], history: raw([step('a')]) });
  expect(JSON.parse(Buffer.from(after).toString())).toEqual({
    history: [step('a')],
    rootfs: { type: 'layers', diff_ids: [ids[0]] },
  });
});

test.each(['{"rootfs":[]}', '[]', '7'])('hostile: %s is not a config', (config) => {
  expect(() => withLayers(Buffer.from(config), { diffIds: ids })).toThrow(
    expect.objectContaining({ code: 'ERR_LAYERS_CONFIG' }),
  );
});

test.each(['{"history":{}}', '{"history":[1]}'])('hostile: %s has no valid history', (config) => {
  expect(() => historyOf(Buffer.from(config))).toThrow(
    expect.objectContaining({ code: 'ERR_LAYERS_CONFIG' }),
  );
});

test('layers and history of fields in another case are replaced under their own spelling', () => {
  const before = Buffer.from('{"rootFS":{"Type":"layers","DIFF_IDS":[]},"History":[{"Empty_Layer":true}]}');
  const after = withLayers(before, { diffIds: [ids[0]], history: historyOf(before) });
  expect(Buffer.from(after).toString()).toBe(
    `{"rootFS":{"Type":"layers","DIFF_IDS":["${ids[0]}"]},"History":[{"Empty_Layer":true}]}`,
  );
});

test('null as a step of the history is kept', () => {
  const before = Buffer.from(`{"rootfs":{"type":"layers","diff_ids":["${ids[0]}"]},"history":[null]}`);
  const history = appendHistory(historyOf(before), { createdBy: 'n' }, 1);
  expect(JSON.parse(Buffer.from(withLayers(before, { diffIds: ids, history })).toString()).history).toEqual([
    null,
    { created_by: 'n' },
  ]);
});
