import { describe, expect, it } from 'vitest';
import { RowTemplate } from '../../src/template/row-template.ts';

const ROWS = [
  { Name: 'alpine', Size: '5.6MB' },
  { Name: 'a-long-name-of-an-image', Size: '1GB' },
];
const TITLES = { Name: 'NAME', Size: 'SIZE' };
const text = (format: string, rows = ROWS): string =>
  new RowTemplate(format).text(rows, 'formatter.x', TITLES);

describe('a template for rows', () => {
  it('is printed for each row', () => {
    expect(text('{{.Name}}={{.Size}}')).toBe('alpine=5.6MB\na-long-name-of-an-image=1GB\n');
    expect(text('{{.Name}}', [])).toBe('');
  });

  it('has tabs and new lines as two characters, too', () => {
    expect(text(String.raw`{{.Name}}\t{{.Size}}\n`, ROWS.slice(0, 1))).toBe('alpine\t5.6MB\n\n');
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
    expect(text('table {{upper .Name}} {{json .Size}}', ROWS.slice(0, 1))).toBe(
      'NAME SIZE\nALPINE "5.6MB"\n',
    );
  });

  it('is JSON with the keys in order', () => {
    expect(text('json', [{ Size: '1B', Name: 'x' }])).toBe('{"Name":"x","Size":"1B"}\n');
  });

  it('fails where a field does not exist', () => {
    expect(() => text('{{.Tag}}')).toThrow("can't evaluate field Tag in type formatter.x");
  });
});
