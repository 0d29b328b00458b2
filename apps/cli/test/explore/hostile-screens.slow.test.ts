import { explore } from '@layers/testing/explorer-program';
import { ociArchive } from '@layers/testing/layer-parts';
import { oddArchive } from '@layers/testing/odd-archive';
import type { PtyProgram } from '@layers/testing/pty';
import { useScratch } from '@layers/testing/scratch';
import { expect, it } from 'vitest';

const scratch = useScratch();

/** What the explorer itself sends: positions, attributes, modes, and what is copied. */
const OWN = /\x1b\[\d+;1H|\x1b\[[\d;]*m|\x1b\[\?\d+[hl]|\x1b\[2J|\x1b\]52;c;[A-Za-z0-9+/=]*\x07/g;

/** Lets the program answer a key. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 80));

async function press(program: PtyProgram, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    program.type(key);
    await settle();
    // A line that was moved or wrapped would put another into the place of the title or the status.
    expect(program.screen(), JSON.stringify(key)).toHaveLength(30);
  }
}

/** Every view of an image, and what asks for a name in it. */
const WALK = [
  ...['j', 'j', '\r', 'q', 'c', '\t', 'E', 'G', 'g', 'i', 'j', 'q'],
  ...['j', 'i', 'q', 'j', 'i', 'q', 'j', '\r', 'q', 'j', '\r', 'x', 'q', 'y', 'w', '\x1b', 'x', '\x1b'],
  ...['/', 'evil', '\r', 'y', '\r', 'q', 'n', '\x1b', 'f', 'e', '\r', '\x1b'],
  ...['W', 'E', 'G', 'i', 'q', 'k', 'i', 'q', 'O', 'W', 'o', 'D', 'E', 'q', 'A', 'E', 'j', 'i', 'q', 'q'],
  ...['F', 's', 'j', 'i', 'q', 'O', 'F', '/', 'evil', '\r', 'n', 'o', 'F', 'f', 'e', '\r', '\x1b', '\x1b'],
  ...['H', 'j', 'i', 'q', 'q', 'P', 'q', 'I', 'j', 'G', 'q'],
];

it.each(['legacy', 'hybrid'] as const)(
  'sends no control character of names, tags, instructions or contents (%s archive)',
  async (form) => {
    const image = scratch.file(oddArchive({ form }));
    const program = await explore(image, { columns: 120 });
    await press(program, WALK);
    program.type('q');
    expect(await program.ended).toBeLessThan(2);
    const left = program.written().slice(0, program.written().lastIndexOf('\x1b[?1049l')).replace(OWN, '');
    expect(left).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029\ufeff]/u);
    expect(left).toContain('\\u202e');
    expect(left).toContain('\\x1b]0;owned');
  },
);

it('shows the contents of a file without its control characters', async () => {
  const content = 'a\x1b[2J\x1b]0;owned\x07b\u202ec\x9bd\x00e\tf\u2028g\r\nlast\x7f\n';
  const image = scratch.file(ociArchive([[{ path: 'file', data: Buffer.from(content) }]]));
  const program = await explore(image);
  await press(program, ['\t', '\r', '/', 'last', '\r', 'x', 'q', 'q']);
  expect(await program.ended).toBe(0);
  const left = program.written().replace(OWN, '');
  expect(left).not.toMatch(/[\p{Cc}\u202a-\u202e\u2028]/u);
  expect(left).toContain('last');
});

it('keeps the panes in place beside wide and combining characters', async () => {
  const names = [
    '日本語'.repeat(30),
    `e${'\u0301'.repeat(50)}`,
    '👩‍👩‍👧‍👦'.repeat(20),
    '🇩🇪🇫🇷',
    'العربية',
    'ก็็็็็็',
    '\u200bzero',
    'ｆｕｌｌ',
    '한국어',
    '\ufe0f',
    '☺️☺',
    '각',
  ];
  const image = scratch.file(
    ociArchive([names.map((path) => ({ path: `d/${path}`, data: Buffer.from(path) }))]),
  );
  const program = await explore(image, { columns: 100 });
  await press(program, ['\t', 'E']);
  for (let i = 0; i < names.length; i++) {
    await press(program, ['j']);
    const lines = program.screen().slice(1, 23);
    // Characters of two columns are one in a string: the border is in the same column of the screen.
    expect(lines.map((line) => line.indexOf('│'))).toEqual(lines.map(() => 40));
    expect(program.screen().at(-1)).toMatch(/^\? help/);
  }
});
