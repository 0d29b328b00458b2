import { GoMap, GoStruct, type GoValue, goString, LazyFields, Template, textOf } from '@layers/gotemplate';
import { describe, expect, it } from 'vitest';

describe('the root names of a template', () => {
  it.each([
    ['text', []],
    ['{{.Config.Labels}}', ['Config']],
    ['{{$.Id}}{{$x := .Size}}{{$x}}', ['Id', 'Size']],
    ['{{if .A}}{{.B}}{{else if .C}}{{.D}}{{end}}', ['A', 'B', 'C', 'D']],
    ['{{range $i, $x := .Items}}{{$x.Name}}{{else}}{{.None}}{{end}}', ['Items', 'Name', 'None']],
    ['{{printf "%s" (index .Tags 0) | upper}}{{(index .Layers 1).Size}}', ['Layers', 'Size', 'Tags']],
    ['{{define "x"}}{{.In}}{{end}}{{template "x" .Of}}', ['In', 'Of']],
  ])('of %s', (text, names) => {
    expect([...new Template(text).rootNames()].sort()).toEqual(names);
  });
});

describe('lazy fields', () => {
  const asked: string[] = [];
  const fields = new LazyFields({
    names: () => ['B', 'é'],
    has: (name) => ['B', 'é', 'hidden'].includes(name),
    value: (name): GoValue => {
      asked.push(name);
      return goString(`<${name}>`);
    },
  });
  const value = new GoStruct('a.T', fields);

  it('are computed only when a template asks for them', () => {
    asked.length = 0;
    expect(new Template('{{.B}} {{.hidden}}').execute(value)).toBe('<B> <hidden>');
    expect(asked).toEqual(['B', 'hidden']);
  });

  it('are listed, printed and written without those that are not listed', () => {
    expect(fields.size).toBe(2);
    expect([...fields.keys()].map(textOf)).toEqual(['B', 'é']);
    expect([...fields.values()].map((item) => (typeof item === 'string' ? textOf(item) : item))).toEqual([
      '<B>',
      '<é>',
    ]);
    expect(new Template('{{.}} {{json .}}').execute(value)).toBe('{<B> <é>} {"B":"<B>","é":"<é>"}');
    expect(new Template('{{range $k, $v := .}}{{$k}}={{$v}} {{end}}').execute(new GoMap(fields))).toBe(
      'B=<B> é=<é> ',
    );
    const seen: string[] = [];
    fields.forEach((_, name) => {
      seen.push(name);
    });
    expect(seen).toHaveLength(2);
  });

  it('that do not exist are an error whose hint lists the others', () => {
    expect(() => new Template('{{.C}}').execute(value)).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_TEMPLATE', hint: 'the fields are B, é' }),
    );
    const many = new GoStruct('a.T', new Map(Array.from({ length: 60 }, (_, i) => [`F${i}`, ''])));
    expect(() => new Template('{{.C}}').execute(many)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^the fields are F0, .*, F39, and 20 more$/) }),
    );
  });
});
