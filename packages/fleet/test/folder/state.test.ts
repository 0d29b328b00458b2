import { expect, test } from 'vitest';
import { decodeState, EMPTY_STATE, encodeState, type FleetState } from '../../src/folder/state.ts';

const state: FleetState = {
  ...EMPTY_STATE,
  parts: [1, 3],
  chunkParts: [3],
  findings: 4,
  complete: false,
  sources: [
    {
      source: 'a.tar',
      identity: '1 2 3',
      readAt: 1_700_000_000_000,
      images: [{ image: 1, position: 0, tags: ['a:1'] }],
      problems: [{ position: null, code: 'ERR_LAYERS_READ', message: 'cannot read a.tar' }],
    },
    {
      source: 'b',
      identity: null,
      readAt: null,
      images: [],
      problems: [{ position: 2, code: 'X', message: 'y' }],
    },
  ],
};

test('a state is what was written', () => {
  expect(decodeState(encodeState(state), 'fleet.json')).toEqual(state);
  expect(decodeState(encodeState(EMPTY_STATE), 'fleet.json')).toEqual(EMPTY_STATE);
});

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  ['another version', '{"schemaVersion":2,"parts":[],"findings":null,"sources":[]}'],
  ['no parts', '{"schemaVersion":1,"findings":null,"sources":[]}'],
  ['a part that is no number', '{"schemaVersion":1,"parts":["../x"],"findings":null,"sources":[]}'],
  [
    'a part with chunks that is no part',
    '{"schemaVersion":1,"parts":[1],"chunkParts":[2],"findings":null,"sources":[]}',
  ],
  [
    'a source without images',
    '{"schemaVersion":1,"parts":[],"findings":null,"sources":[{"source":"a","problems":[]}]}',
  ],
])('%s is an error that names the file', (_, text) => {
  expect(() => decodeState(text, 'f/fleet.json')).toThrow(
    expect.objectContaining({ code: 'ERR_LAYERS_READ', archive: 'f/fleet.json' }),
  );
});
