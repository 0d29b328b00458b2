import { describe, expect, it } from 'vitest';
import { escapeForWorkflow, escapePiecesForWorkflow } from '../../src/output/workflow-log.ts';

describe('escapeForWorkflow', () => {
  it.each([
    ['::error::a', '\\x3a:error::a'],
    ['a\n  ::set-output name=a::b\n', 'a\n  \\x3a:set-output name=a::b\n'],
    ['\x1b[31m::stop-commands::x', '\x1b[31m\\x3a:stop-commands::x'],
    ['a ##[error]b ##[group]', 'a \\x23#[error]b \\x23#[group]'],
    ['##vso[task.setvariable]', '\\x23#vso[task.setvariable]'],
    ['a ::b', 'a ::b'],
    ['## heading [a]', '## heading [a]'],
  ])('changes %j', (text, expected) => {
    expect(escapeForWorkflow(text)).toBe(expected);
  });
});

describe('escapePiecesForWorkflow', () => {
  it('joins what is split, and leaves bytes', () => {
    const bytes = Buffer.from('::a');
    const pieces = ['a ', ':', ':b\n ', ':', ':c #', '#[d]', bytes, '::e'];
    expect([...escapePiecesForWorkflow(pieces)]).toEqual(['a ::b\n', ' \\x3a:c \\x23#[d]', bytes, '\\x3a:e']);
  });
});
