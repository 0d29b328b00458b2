import {
  fromJson,
  GoComplex,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoValue,
  goString,
  Template,
} from '@layers/gotemplate';
import { describe, expect, test } from 'vitest';

// The expected texts are those of Go 1.26.
const text = (template: string, data: GoValue = undefined): string => new Template(template).execute(data);
const failing = (template: string, data: GoValue = undefined): string => {
  try {
    return `no error: ${new Template(template).execute(data)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const data = fromJson({
  Name: 'web',
  Tags: ['a', 'b'],
  Labels: { version: '777', maintainer: 'x' },
  Size: 5608456,
  Nil: null,
});

describe('values', () => {
  test.each([
    ['{{.}}', fromJson({ b: [1, 'x', null], a: { c: true } }), 'map[a:map[c:true] b:[1 x <nil>]]'],
    ['{{.Labels}}', data, 'map[maintainer:x version:777]'],
    ['{{.Size}}', data, '5.608456e+06'],
    ['{{.Nothing}} {{.Nothing.At.All}} {{.Nil}}', data, '<no value> <no value> <no value>'],
    ['{{print .Nothing .Nil}}', data, '<nil> <nil>'],
    ['{{.}}', 12345678901234567890n, '12345678901234567890'],
    [
      '{{.}}',
      new GoStruct(
        'a.T',
        new Map<string, GoValue>([
          ['A', 1n],
          ['B', new GoNil('*a.T')],
        ]),
      ),
      '{1 <nil>}',
    ],
    ['{{.}}', new GoComplex(1, -2), '(1-2i)'],
    [
      '{{index .L "none"}}|{{.L.none}}',
      new GoMap(new Map([['L', new GoMap(new Map(), 'string')]])),
      '|<no value>',
    ],
    ['{{.}}', new GoSlice([goString('é')], 'string'), '[é]'],
  ])('%s', (template, value, expected) => {
    expect(text(template, value)).toBe(expected);
  });
});

describe('the language', () => {
  test.each([
    ['a {{- " b " -}} c', 'a b c'],
    ['{{/* nothing */}}{{- /* nothing */ -}} x', 'x'],
    ['{{$x := 1}}{{if true}}{{$x = 2}}{{$y := 3}}{{$x}}{{$y}}{{end}}{{$x}}', '232'],
    ['{{range $i, $v := .Tags}}{{$i}}={{$v}} {{else}}none{{end}}', '0=a 1=b '],
    ['{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}', 'maintainer=x version=777 '],
    ['{{range .Nothing}}x{{else}}none{{end}}', 'none'],
    ['{{range 3}}{{.}}{{if eq . 1}}{{break}}{{end}}{{end}}', '01'],
    ['{{range .Tags}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{end}}', 'b'],
    ['{{with .Nothing}}x{{else with .Name}}{{.}}{{end}}', 'web'],
    ['{{if false}}1{{else if .Name}}2{{else}}3{{end}}', '2'],
    ['{{define "t"}}[{{.}}]{{end}}{{template "t" .Name}}{{template "t"}}', '[web][<no value>]'],
    ['{{block "t" .Tags}}{{len .}}{{end}}', '2'],
    ['{{(index .Tags 1) | printf "%s-%s" .Name}}', 'web-b'],
    ['{{with $x := .Name}}{{$.Size | printf "%.0f"}}{{$x}}{{end}}', '5608456web'],
    ['{{`raw\\n`}}{{"\\u00e9\\x41"}}{{\'a\'}}{{0x10}}{{1e3}}{{1_000}}', 'raw\\néA971610001000'],
    ['{{and 1 0 (fail)}}', null],
  ])('%s', (template, expected) => {
    if (expected === null) expect(failing(template, data)).toContain('function "fail" not defined');
    else expect(text(template, data)).toBe(expected);
  });
});

describe('functions', () => {
  test.each([
    ['{{and 1 0 (index .Tags 9)}} {{or 0 "x" (index .Tags 9)}} {{not 0}}', '0 x true'],
    ['{{len .Name}} {{len "é"}} {{len .Labels}}', '3 2 2'],
    ['{{index .Tags 0}} {{index .Labels "version"}} {{index "abc" 1}}', 'a 777 98'],
    ['{{slice .Name 1}} {{slice .Name 0 2}} {{slice .Tags 1 2}}', 'eb we [b]'],
    [
      '{{eq 1 2 1}} {{ne "a" "b"}} {{lt 1 2}} {{le 2 2}} {{gt 1.5 1.0}} {{ge "b" "a"}}',
      'true true true true true true',
    ],
    ['{{print "a" 1 2 "b" "c" true}}', 'a1 2bctrue'],
    ['{{println 1 "x"}}', '1 x\n'],
    ['{{html "<a href=\'x\'>&"}}', '&lt;a href=&#39;x&#39;&gt;&amp;'],
    ['{{js "<a>\'\\n"}}', "\\u003Ca\\u003E\\'\\u000A"],
    ['{{urlquery "a b&c/é"}}', 'a+b%26c%2F%C3%A9'],
    ['{{json .Tags}} {{json "<é>"}} {{json .Nothing}} {{json 1.0}}', '["a","b"] "<é>" null 1'],
    ['{{join (split "a,b" ",") "-"}}{{title " two words"}}{{upper "é"}}{{lower "É"}}', 'a-b Two WordsÉé'],
    ['[{{pad "x" 1 2}}] [{{pad "" 1 2}}] {{truncate "layers" 3}} {{truncate "la" 3}}', '[ x  ] [] lay la'],
  ])('%s', (template, expected) => {
    expect(text(template, data)).toBe(expected);
  });
});

describe('printf', () => {
  test.each([
    [
      '"%5d|%-5d|%05d|%+d|%x|%#X|%o|%b|%c|%q|%U" 42 42 42 42 255 255 8 5 65 65 233',
      "   42|42   |00042|+42|ff|0XFF|10|101|A|'A'|U+00E9",
    ],
    ['"%v %6.2f %e %g %G" 1.5 3.14159 1234.5 1e21 1e-7', '1.5   3.14 1.234500e+03 1e+21 1E-07'],
    ['"%.0f %.0f %.0f %.1f" 0.5 1.5 2.5 0.25', '0 2 2 0.2'],
    [
      '"%s|%10s|%-10s|%.2s|%q|%x|% X" "é" "é" "é" "abc" "a\\tb" "hi" "hi"',
      'é|         é|é         |ab|"a\\tb"|6869|68 69',
    ],
    ['"%t %v %T %T %T" true false 1 1.5 "x"', 'true false int float64 string'],
    ['"%#v %#v %#v" "a" 1 true', '"a" 1 true'],
    ['"%d %s" "x"', '%!d(string=x) %!s(MISSING)'],
    ['"%d" 1 2', '1%!(EXTRA int=2)'],
    ['"%[2]d %[1]d %d" 1 2', '2 1 2'],
    ['"%*d|%.*f" 5 42 2 3.14159', '   42|3.14'],
    ['"%!"', '%!!(MISSING)'],
    ['"100%"', '100%!(NOVERB)'],
    ['"%z" 1', '%!z(int=1)'],
  ])('%s', (args, expected) => {
    expect(text(`{{printf ${args}}}`)).toBe(expected);
  });

  test('formats the parts of lists and maps', () => {
    expect(text('{{printf "%q %v %d" .Tags .Labels .Tags}}', data)).toBe(
      '["a" "b"] map[maintainer:x version:777] [%!d(string=a) %!d(string=b)]',
    );
    expect(text('{{printf "%#v" .}}', fromJson({ a: [1, null], b: 'x' }))).toBe(
      'map[string]interface {}{"a":[]interface {}{1, interface {}(nil)}, "b":"x"}',
    );
  });
});

describe('faults', () => {
  test.each([
    ['{{', 'line 1: unclosed action'],
    ['a\n{{.x', 'line 2: unclosed action'],
    ['{{if}}{{end}}', 'missing value for if'],
    ['{{if .x}}', 'unexpected EOF'],
    ['{{end}}', 'unexpected {{end}}'],
    ['{{$x}}', 'undefined variable "$x"'],
    ['{{nothing}}', 'function "nothing" not defined'],
    ['{{break}}', '{{break}} outside {{range}}'],
    ['{{1 | 2}}', 'non executable command in pipeline stage 2'],
    ['{{"\\q"}}', 'invalid string'],
    ['{{99999999999999999999}}', 'bad number'],
    ['{{/* x }}', 'unclosed comment'],
    ['{{len 1}}', 'error calling len: len of type int'],
    ['{{index .Tags 2}}', 'index out of range: 2'],
    ['{{.Name.x}}', "can't evaluate field x in type string"],
    ['{{.Nil.x}}', 'nil pointer evaluating interface {}.x'],
    ['{{lt 1 "x"}}', 'incompatible types for comparison: int and string'],
    ['{{template "none"}}', 'template "none" not defined'],
    ['{{nil}}', 'nil is not a command'],
    ['{{.Name 1}}', 'is not a method but has arguments'],
    ['{{not}}', 'wrong number of args for not: want 1 got 0'],
  ])('%s', (template, message) => {
    expect(failing(template, data)).toContain(message);
  });

  test('a field that a struct does not have is one; a key that a map does not have only where that is asked for', () => {
    const value = new GoStruct('image.Image', new Map<string, GoValue>([['M', new GoMap(new Map())]]));
    expect(failing('{{.ID}}', value)).toContain("can't evaluate field ID in type image.Image");
    expect(text('{{.M.ID}}', value)).toBe('<no value>');
    expect(() => new Template('{{.M.ID}}').execute(value, { missingKeyIsError: true })).toThrow(
      'map has no entry for key "ID"',
    );
  });
});

describe('limits', () => {
  test.each([
    ['{{define "t"}}{{template "t"}}{{end}}{{template "t"}}', 'templates in each other'],
    ['{{$x := "layers"}}{{range 1000}}{{$x = print $x $x}}{{end}}', 'bytes of text'],
    [`{{${'('.repeat(100_000)}`, 'too many parts in each other'],
    ['{{range 100000}}{{range 100000}}{{end}}{{end}}', 'steps'],
  ])('%#: a template that never ends, ends with an error', (template, message) => {
    expect(() => new Template(template).execute(undefined, { mostSteps: 100_000 })).toThrow(message);
  });
});
