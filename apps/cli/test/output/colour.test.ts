import { describe, expect, it } from 'vitest';
import { wantsColour } from '../../src/output/colour.ts';

const terminal = { isTTY: true };
const pipe = {};

describe('wantsColour', () => {
  it.each([
    ['auto', {}, terminal, true],
    ['auto', {}, pipe, false],
    ['auto', { TERM: 'dumb' }, terminal, false],
    ['auto', { NO_COLOR: '1' }, terminal, false],
    ['auto', { NO_COLOR: '' }, terminal, true],
    ['auto', { FORCE_COLOR: '1' }, pipe, true],
    ['auto', { FORCE_COLOR: '0' }, terminal, false],
    ['auto', { FORCE_COLOR: '1', TERM: 'dumb' }, terminal, true],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal, false],
    ['always', { NO_COLOR: '1' }, pipe, true],
    ['never', { FORCE_COLOR: '1' }, terminal, false],
  ] as const)('%s with %j on %j: %s', (choice, env, stream, expected) => {
    expect(wantsColour(choice, env, stream)).toBe(expected);
  });
});
