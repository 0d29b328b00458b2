import { GoMap, GoNil, GoSlice, GoStruct, type GoValue, goString } from '@layers/gotemplate';
import { randomFrom } from './random-from.ts';

/** A value for `go-template.go`: its type, and its parts. */
export type TaggedValue = readonly [type: string, ...parts: unknown[]];

export interface RandomTemplate {
  readonly template: string;
  /** The data for Go. */
  readonly tagged: TaggedValue;
  /** The same data for this library. */
  readonly data: GoValue;
  readonly strict: boolean;
}

type Made = readonly [tagged: TaggedValue, value: GoValue];

const KEYS = ['Name', 'Size', 'Labels', 'Tags', 'Extra', 'a', 'b_1', 'version', 'é'];
const STRINGS = [
  '',
  'a',
  'layers',
  'two words',
  '<b>"x"&\'y\'</b>',
  'é世界🙂',
  'tab\there\n',
  '100%',
  'a=b\\c',
  '%d\u200b\u00ad',
];
const NUMBERS = [
  0,
  1,
  -1,
  2.5,
  1e6,
  123456789,
  1234567.25,
  1e21,
  1e-7,
  0.1,
  100000,
  3.0000001,
  -0.5,
  2 ** 53,
  5e-324,
];
const INTEGERS = [0, 1, 2, 3, -1, 7, 65, 255, 1024, 20_000, 8364, 128578, 2 ** 40, -12345];

class Maker {
  readonly #random: (below: number) => number;
  #depth = 0;
  #variables: string[] = ['$'];
  #ranges = 0;
  #templates = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  chance(percent: number): boolean {
    return this.#random(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[this.#random(list.length)];
    if (chosen === undefined) throw new Error('an empty list');
    return chosen;
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#random(most + 1) }, make);
  }

  data(depth = 0): Made {
    const makers: (() => Made)[] = [
      () => this.#string(),
      () => this.#string(),
      () => this.#int(),
      () => this.#float(),
      () => {
        const value = this.chance(50);
        return [['bool', value], value];
      },
      () => [['nil'], null],
      () => this.#strings(),
      () => this.#labels(),
      () => [['nilstrings'], new GoSlice([], 'string', true)],
    ];
    if (depth < 3) {
      const large: (() => Made)[] = [
        () => this.#list(depth),
        () => this.#map(depth),
        () => this.#config(depth),
      ];
      makers.push(...large, ...large);
      if (depth === 0) return this.chance(75) ? this.#map(depth) : this.pick(large)();
    }
    return this.pick(makers)();
  }

  #string(): Made {
    const text = this.pick(STRINGS);
    return [['string', text], goString(text)];
  }

  #int(): Made {
    const value = this.pick(INTEGERS);
    return [['int', value], BigInt(value)];
  }

  #float(): Made {
    const value = this.pick(NUMBERS);
    return [['float', value], value];
  }

  #strings(): Made {
    const texts = this.#some(3, () => this.pick(STRINGS));
    return [['strings', ...texts], new GoSlice(texts.map(goString), 'string')];
  }

  #labels(): Made {
    const entries = this.#some(3, () => [this.pick(KEYS), this.pick(STRINGS)] as const);
    return [['labels', Object.fromEntries(entries)], labelsOf(Object.fromEntries(entries))];
  }

  #list(depth: number): Made {
    const parts = this.#some(3, () => this.data(depth + 1));
    return [['list', ...parts.map(([tagged]) => tagged)], new GoSlice(parts.map(([, value]) => value))];
  }

  #map(depth: number): Made {
    const parts = new Map(this.#some(5, () => [this.pick(KEYS), this.data(depth + 1)] as const));
    const tagged = Object.fromEntries([...parts].map(([key, [part]]) => [key, part]));
    return [
      ['map', tagged],
      new GoMap(new Map([...parts].map(([key, [, value]]) => [goString(key), value]))),
    ];
  }

  #config(depth: number): Made {
    const name = this.pick(STRINGS);
    const size = this.pick(INTEGERS);
    const labels = Object.fromEntries(this.#some(3, () => [this.pick(KEYS), this.pick(STRINGS)] as const));
    const tags = this.#some(3, () => this.pick(STRINGS));
    const [tagged, extra] = this.data(depth + 1);
    const fields = new Map<string, GoValue>([
      ['Name', goString(name)],
      ['Size', BigInt(size)],
      ['Labels', labelsOf(labels)],
      ['Tags', new GoSlice(tags.map(goString), 'string')],
      ['Extra', extra],
      ['Health', new GoNil('*main.health')],
    ]);
    return [['config', name, size, labels, tags, tagged], new GoStruct('main.config', fields)];
  }

  template(): string {
    const parts = this.#some(3, () => this.#node());
    parts.push(this.#node());
    const text = parts.join('');
    return this.chance(12) ? this.#spoiled(text) : text;
  }

  /** Removes, doubles or adds something, so that most such templates have a fault. */
  #spoiled(text: string): string {
    const at = this.#random(text.length + 1);
    const added = this.pick([
      '',
      '}',
      '{{',
      ' ',
      '(',
      ')',
      '|',
      '.',
      '"',
      '`',
      '-',
      '$',
      '{{end}}',
      ',',
      ':=',
      '\n',
      '/*',
      "'",
      '#',
    ]);
    return text.slice(0, at) + added + text.slice(at + this.#random(3));
  }

  #open(): string {
    return this.chance(10) ? '{{- ' : this.pick(['{{', '{{ ', '{{', '{{\n']);
  }

  #close(): string {
    return this.chance(10) ? ' -}}' : this.pick(['}}', ' }}', '}}']);
  }

  #action(text: string): string {
    return this.#open() + text + this.#close();
  }

  #nodes(): string {
    const count = this.#variables.length;
    const text = this.#some(2, () => this.#node()).join('');
    this.#variables.length = count;
    return text;
  }

  #node(): string {
    if (this.#depth > 3) return this.#text();
    this.#depth++;
    const text = this.pick<() => string>([
      () => this.#text(),
      () => this.#action(this.#pipeline()),
      () => this.#action(this.#pipeline()),
      () => this.#action(this.#pipeline()),
      () => this.#action(this.#pipeline()),
      () => this.#declaration(),
      () => this.#branch(),
      () => this.#branch(),
      () => this.#branch(),
      () => this.#action(`/* ${this.#text()} */`).replace(/^\{\{\s+/, '{{'),
      () => this.#definition(),
      () => (this.#ranges > 0 || this.chance(5) ? this.#action(this.pick(['break', 'continue'])) : ''),
    ])();
    this.#depth--;
    return text;
  }

  #text(): string {
    return this.pick(['', ' ', 'x', ' text ', '\n', ' é ', '{', '}', '\t-\t', 'a b']);
  }

  #declaration(): string {
    if (this.#variables.length > 1 && this.chance(40)) {
      return this.#action(`${this.pick(this.#variables)} = ${this.#pipeline()}`);
    }
    const name = this.pick(['$x', '$y', '$long_name']);
    const text = this.#action(`${name} := ${this.#pipeline()}`);
    this.#variables.push(name);
    return text;
  }

  #branch(): string {
    const kind = this.pick(['if', 'with', 'range', 'range']);
    const count = this.#variables.length;
    let declared = '';
    if (this.chance(40)) {
      const names = kind === 'range' && this.chance(50) ? ['$i', '$v'] : ['$v'];
      declared = `${names.join(', ')} ${this.chance(90) ? ':=' : '='} `;
      const pipeline = this.#pipeline();
      this.#variables.push(...names);
      return this.#finish(kind, `${kind} ${declared}${pipeline}`, count);
    }
    return this.#finish(kind, `${kind} ${declared}${this.#pipeline()}`, count);
  }

  #finish(kind: string, head: string, count: number): string {
    if (kind === 'range') this.#ranges++;
    let text = this.#action(head) + this.#nodes();
    if (kind === 'range') this.#ranges--;
    if (this.chance(40)) {
      const chained = kind !== 'range' && this.chance(40) ? ` ${kind} ${this.#pipeline()}` : '';
      text += this.#action(`else${chained}`) + this.#nodes();
    }
    this.#variables.length = count;
    return text + this.#action('end');
  }

  #definition(): string {
    const name = this.pick(['"t"', '"u"', '`t`']);
    if (this.chance(50) && this.#templates > 0) {
      return this.#action(`template ${name}${this.chance(70) ? ` ${this.#pipeline()}` : ''}`);
    }
    // A definition within another, and within branches, is a fault.
    if (this.#depth > 1 && this.chance(90)) return '';
    this.#templates++;
    const variables = this.#variables;
    const ranges = this.#ranges;
    this.#variables = ['$'];
    this.#ranges = 0;
    const isBlock = this.chance(40);
    const head = isBlock ? `block ${name} ${this.#pipeline()}` : `define ${name}`;
    const text = this.#action(head) + this.#nodes() + this.#action('end');
    this.#variables = variables;
    this.#ranges = ranges;
    return text;
  }

  #pipeline(depth = 0): string {
    const commands = [this.#command(depth)];
    while (commands.length < 3 && this.chance(20)) commands.push(this.#function(depth, true));
    return commands.join(this.pick([' | ', '|', ' |']));
  }

  #command(depth: number): string {
    return this.chance(50) ? this.#operand(depth) : this.#function(depth, false);
  }

  #operand(depth: number): string {
    return this.pick<() => string>([
      () => '.',
      () => this.#field(),
      () => this.#field(),
      () => this.#field(),
      () => this.pick(this.#variables) + (this.chance(30) ? this.#field() : ''),
      () => this.#number(),
      () => this.#literal(),
      () => this.pick(['true', 'false', 'nil']),
      () => (depth > 2 ? '1' : `(${this.#pipeline(depth + 1)})${this.chance(20) ? this.#field() : ''}`),
    ])();
  }

  #field(): string {
    const names = [this.pick([...KEYS, 'Health'])];
    while (names.length < 3 && this.chance(12)) names.push(this.pick(KEYS));
    return `.${names.join('.')}`;
  }

  #number(): string {
    return this.pick([
      '0',
      '1',
      '2',
      '3',
      '-1',
      '+4',
      '10',
      '0x1F',
      '0b101',
      '0o17',
      '017',
      '1_000',
      '1e3',
      '1.5',
      '.5',
      '2.',
      "'a'",
      "'\\n'",
      "'é'",
      '0x1p4',
      '1e-9',
      '99999999999999999999',
      '9223372036854775807',
      '1i',
      '1+2i',
      '1.0',
      '0x_1',
      '1e400',
      "'\\x41'",
      '08',
      '1.5e3',
      '3.0',
    ]);
  }

  #literal(): string {
    const text = this.pick(STRINGS);
    if (this.chance(20) && !text.includes('`')) return `\`${text}\``;
    if (this.chance(10))
      return this.pick(['"\\x41\\u00e9\\101\\t"', '"\\U0001F642"', '"a\\"b"', '"\\q"', '"\\xff\\xfe"']);
    return JSON.stringify(text).replace('\u200b', '\\u200b');
  }

  #format(): string {
    const verb = (): string =>
      `%${this.#some(1, () => this.pick(['+', '-', '#', '0', ' ', '-0', '+#'])).join('')}${this.pick(['', '', '', '5', '12', '*'])}${this.pick(['', '', '', '.2', '.0', '.', '.*', '.10'])}${this.chance(5) ? this.pick(['[1]', '[2]', '[9]', '[x]']) : ''}${this.pick(['v', 'v', 'd', 's', 'q', 'x', 'X', 'f', 'g', 'e', 't', 'T', 'c', 'U', 'o', 'b', 'z', '%', 'O', 'G', 'E', 'F'])}`;
    const text = [verb(), ...this.#some(2, () => this.pick([verb, () => ' ', () => 'é', () => '%'])())].join(
      '',
    );
    return JSON.stringify(text);
  }

  #function(depth: number, isPiped: boolean): string {
    const args = (count: number): string[] =>
      Array.from({ length: Math.max(0, count - (isPiped ? 1 : 0)) }, () => this.#operand(depth + 1));
    const name = this.pick([
      'and',
      'or',
      'not',
      'len',
      'index',
      'slice',
      'print',
      'printf',
      'printf',
      'printf',
      'println',
      'html',
      'js',
      'urlquery',
      'eq',
      'ne',
      'lt',
      'le',
      'gt',
      'ge',
      'json',
      'split',
      'join',
      'title',
      'lower',
      'upper',
      'pad',
      'truncate',
      'call',
      'unknown',
    ]);
    const count = this.chance(5) ? this.#random(4) : this.#usualCount(name);
    if (name === 'printf')
      return [name, this.#format(), ...args(this.#random(4) + (isPiped ? 1 : 0))].join(' ');
    if (name === 'len' && !isPiped)
      return `len ${this.pick(['.Tags', '.Labels', '.Name', '.', '$', '(print .)'])}`;
    if (['eq', 'ne', 'lt', 'le', 'gt', 'ge'].includes(name) && !isPiped && this.chance(70)) {
      return [
        name,
        ...this.pick([
          () => [this.#literal(), '.Name'],
          () => [this.#number(), this.#number()],
          () => ['.Size', this.#number()],
          () => ['.Size', '.Size'],
          () => [this.#literal(), this.#literal()],
        ])(),
      ].join(' ');
    }
    if (name === 'unknown' && this.chance(80)) return [isPiped ? 'print' : '.', ...args(0)].join(' ');
    if (name === 'pad')
      return `pad ${this.pick(['.Name', '"x"'])} ${this.pick(['1', '2', '1e1', '-1'])}${isPiped ? '' : ' 2'}`;
    if (name === 'truncate' && !isPiped)
      return `truncate ${this.pick(['.Name', '.a', '"layers"'])} ${this.pick(['3', '0', '-1', '2.5', '100'])}`;
    if (name === 'join' && !isPiped) return `join ${this.pick(['.Tags', '.a', '(split "a,b" ",")'])} ", "`;
    return [name, ...args(count)].join(' ');
  }

  #usualCount(name: string): number {
    if (['not', 'len', 'json', 'title', 'lower', 'upper', 'html', 'js', 'urlquery', 'call'].includes(name))
      return 1;
    if (['ne', 'lt', 'le', 'gt', 'ge', 'split', 'join', 'truncate'].includes(name)) return 2;
    return 1 + this.#random(3);
  }
}

function labelsOf(labels: Readonly<Record<string, string>>): GoMap {
  return new GoMap(
    new Map(Object.entries(labels).map(([key, text]) => [goString(key), goString(text)])),
    'string',
  );
}

/** Returns a template and data. Most templates have no fault. */
export function randomTemplate(seed: number): RandomTemplate {
  const maker = new Maker(seed);
  const template = maker.template();
  const [tagged, data] = maker.data();
  return { template, tagged, data, strict: maker.chance(10) };
}
