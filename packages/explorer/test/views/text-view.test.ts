import { describe, expect, it } from 'vitest';
import { TextView } from '../../src/views/text-view.ts';
import { plainFormat } from '../support/plain-format.ts';

const lines = (view: TextView, width = 40, height = 4): string[] =>
  view.frame(width, height).map((line) =>
    line
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );

const PLACE = { layer: 0, entry: 0, sizeBytes: 0, path: Buffer.from('/title') };
const view = (text: string | Uint8Array) =>
  new TextView('title', Buffer.from(text), plainFormat, { place: PLACE });

describe('a text view', () => {
  it('shows lines, with tabs as blanks and without line ends', () => {
    const text = view('one\r\n\ttwo\na\tb\n\nfive');
    expect(lines(text)).toEqual([' one', '         two', ' a       b', '']);
    expect(text.position()).toBe('1-4 of 5');
    text.move('G');
    expect(lines(text)).toEqual(['         two', ' a       b', '', ' five']);
    text.move('g');
    text.move('pagedown');
    expect(lines(text)[3]).toBe(' five');
    expect(lines(view(''))).toEqual(['', '', '', '']);
    expect(view('').position()).toBe('empty');
  });

  it('breaks a line that is long, and loses no byte of it', () => {
    const long = Buffer.from('é'.repeat(5001));
    const text = view(long);
    const shown = text.frame(3000, 10).map((line) =>
      line
        .map(({ text: part }) => part)
        .join('')
        .slice(1)
        .trimEnd(),
    );
    expect(Buffer.from(shown.join(''), 'latin1').equals(long)).toBe(true);
    // No character is cut.
    expect(shown.filter((line) => line.startsWith('\xa9'))).toEqual([]);
  });

  it('scrolls sideways', () => {
    const text = view('0123456789abcdef');
    text.move('right');
    expect(lines(text)[0]).toBe(' 89abcdef');
    text.move('left');
    expect(lines(text)[0]).toBe(' 0123456789abcdef');
  });

  it('shows binary files in hexadecimal', () => {
    const text = view(Buffer.from('\0\x01hello, world\xff!!', 'latin1'));
    expect(text.isHex).toBe(true);
    expect(lines(text, 90)).toEqual([
      ' 00000000  00 01 68 65 6c 6c 6f 2c  20 77 6f 72 6c 64 ff 21  |..hello, world.!|',
      ' 00000010  21                                                |!|',
      '',
      '',
    ]);
    text.move('right');
    expect(lines(text, 90)[0]).toBe(
      ' 00000000   65 6c 6c 6f 2c  20 77 6f 72 6c 64 ff 21  |..hello, world.!|',
    );
    text.move('left');
    text.toggleHex();
    expect(text.isHex).toBe(false);
  });

  it('finds the next and the previous match, without regard to case, and around the ends', () => {
    const text = view(
      Array.from({ length: 40 }, (_, i) => (i % 10 === 5 ? `Needle ${i}` : `line ${i}`)).join('\n'),
    );
    lines(text);
    const found = () => lines(text).find((line) => line.startsWith('>'));
    expect(text.search('needle', 'here')).toBe(true);
    expect(found()).toBe('>Needle 5');
    expect(text.search('needle', 'next')).toBe(true);
    expect(found()).toBe('>Needle 15');
    expect(text.search('needle', 'previous')).toBe(true);
    expect(text.search('needle', 'previous')).toBe(true);
    expect(found()).toBe('>Needle 35');
    expect(text.search('needle', 'next')).toBe(true);
    expect(found()).toBe('>Needle 5');
    expect(text.search('nothing', 'here')).toBe(false);
    expect(found()).toBe(undefined);
  });
});
