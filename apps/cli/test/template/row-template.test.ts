import { describe, expect, it } from 'vitest';
import type { RowTable } from '../../src/template/row-field.ts';
import { RowTemplate, type RowTemplateOptions, titleOf } from '../../src/template/row-template.ts';

const ROWS = [
  { name: 'alpine', sizeBytes: 5_600_000 },
  { name: 'a-long-name-of-an-image', sizeBytes: 1e9 },
];
const TABLE: RowTable = {
  type: 'formatter.x',
  fields: [
    { name: 'Size', from: 'sizeBytes', form: 'size' },
    { name: 'Name', from: 'name', form: 'path' },
    { name: 'Digest', from: 'digest', form: 'digest', title: 'IMAGE DIGEST' },
  ],
  otherNames: [{ name: 'Names', from: 'list', form: 'list' }],
  names: ['name', 'sizeBytes', 'digest', 'nameBase64'],
};

interface Options extends Partial<RowTemplateOptions> {
  readonly rows?: Iterable<object>;
}

/** Bytes are joined as characters, one for each. */
function text(format: string, { rows = ROWS, ...options }: Options = {}): string {
  const usual = { isTerminal: false, noTrunc: false, bytes: false, now: 0 };
  const pieces = new RowTemplate(format, TABLE).pieces(rows, { ...usual, ...options });
  return [...pieces]
    .map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString('latin1')))
    .join('');
}

describe('a template for rows', () => {
  it('is printed for each row', () => {
    expect(text('{{.Name}}={{.Size}}')).toBe('alpine=5.6MB\na-long-name-of-an-image=1GB\n');
    expect(text('{{.Name}}', { rows: [] })).toBe('');
  });

  it('has tabs and new lines as two characters, too', () => {
    expect(text(String.raw`{{.Name}}\t{{.Size}}\n`, { rows: ROWS.slice(0, 1) })).toBe('alpine\t5.6MB\n\n');
  });

  it('is a table with titles, at least ten columns and gaps of three', () => {
    expect(text(String.raw`table {{.Size}}\t{{.Name}}`)).toBe(
      'SIZE      NAME\n5.6MB     alpine\n1GB       a-long-name-of-an-image\n',
    );
    expect(text(String.raw`table {{.Name}}\t{{.Size}}`)).toBe(
      'NAME                      SIZE\nalpine                    5.6MB\na-long-name-of-an-image   1GB\n',
    );
  });

  it('leaves titles as they are where a function changes the values', () => {
    expect(text('table {{upper .Name}} {{json .Size}}', { rows: ROWS.slice(0, 1) })).toBe(
      'NAME SIZE\nALPINE "5.6MB"\n',
    );
  });

  it('is JSON with the keys in order, and with the fields alone', () => {
    expect(text('json', { rows: [{ name: 'x\u001b', sizeBytes: 1, list: ['a'] }] })).toBe(
      '{"Digest":"","Name":"x\\u001b","Size":"1B"}\n',
    );
    expect(text('{{json .}}', { rows: [{ name: 'x', sizeBytes: 1 }] })).toBe(
      '{"Digest":"","Name":"x","Size":"1B"}\n',
    );
  });

  it('has the names of JSON, too, with exact values', () => {
    expect(text('table {{.sizeBytes}}\\t{{.digest}}', { rows: ROWS.slice(0, 1) })).toBe(
      'SIZE BYTES   DIGEST\n5600000      <no value>\n',
    );
    expect(titleOf('unreachableFromLayer')).toBe('UNREACHABLE FROM LAYER');
  });

  it('shortens digests and sizes, unless asked not to', () => {
    const rows = [{ name: 'x', sizeBytes: 1234, digest: `sha256:${'ab'.repeat(32)}` }];
    expect(text('{{.Size}} {{.Digest}}', { rows })).toBe('1.23kB abababababab\n');
    expect(text('{{.Size}} {{.Digest}}', { rows, noTrunc: true, bytes: true })).toBe(
      `1234 sha256:${'ab'.repeat(32)}\n`,
    );
  });

  it('has other names that are not listed', () => {
    expect(text('{{range .Names}}[{{.}}]{{end}}', { rows: [{ list: ['a', 'b'] }] })).toBe('[a][b]\n');
  });

  it('prints the bytes of a name that is not UTF-8 into a pipe', () => {
    const rows = [{ name: 'x\ufffd', nameBase64: Buffer.from([0x78, 0xff]).toString('base64') }];
    expect(text('{{.Name}}', { rows })).toBe('x\xff\n');
    expect(text('{{.Name}}', { rows, isTerminal: true })).not.toContain('\xff');
  });

  it('escapes names for a terminal, and in a table, whose columns they could break', () => {
    const rows = [{ name: 'a\tb\n\u001b[31m', sizeBytes: 1 }];
    expect(text('{{.Name}}', { rows })).toBe('a\tb\n\u001b[31m\n');
    expect(text('{{.Name}}', { rows, isTerminal: true })).toBe('a\\tb\\n\\x1b[31m\n');
    expect(text('table {{.Name}}', { rows })).toBe('NAME\na\\tb\\n\\x1b[31m\n');
  });

  it('reads rows that can be read only once', () => {
    function* once() {
      yield* ROWS;
    }
    expect(text('table {{.Name}}\\t{{.Size}}', { rows: once() })).toBe(text('table {{.Name}}\\t{{.Size}}'));
    expect(text('{{.Name}}', { rows: once() })).toBe(text('{{.Name}}'));
  });

  it('fails where a field does not exist, and lists those that do', () => {
    expect(() => text('{{.Tag}}')).toThrow("can't evaluate field Tag in type formatter.x");
    expect(() => text('{{.Tag}}')).toThrow(
      expect.objectContaining({
        hint: 'the fields are Size, Name, Digest, name, sizeBytes, digest, nameBase64',
      }),
    );
    expect(() => text('{{.Tag')).toThrow('unclosed action');
  });
});
