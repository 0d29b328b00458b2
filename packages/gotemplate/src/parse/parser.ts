import { type GoString, goString } from '../go-string.js';
import { templateError } from '../template-error.js';
import { Lexer } from './lexer.js';
import type { BranchNode, Command, Node, Operand, Pipeline, TemplateNode, TemplateSet } from './node.js';
import { parseNumber } from './number.js';
import type { Token, TokenKind } from './token.js';
import { unquote, unquoteCharacter } from './unquote.js';

/** Parentheses and branches in each other. Go allows 10,000 parentheses; no template needs them. */
const MOST_DEPTH = 500;

const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'boolean',
  'character',
  'number',
  'dot',
  'field',
  'identifier',
  'string',
  'raw-string',
  'variable',
  '(',
]);

/** What ended a list of nodes. */
type Ending = 'end' | 'else';

interface List {
  readonly nodes: readonly Node[];
  readonly ending: Ending;
}

/** Reads a template. Each `define` and `block` has its own variables, but all share the tokens. */
export class Parser {
  readonly #tokens: readonly Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #defined = new Map<GoString, readonly Node[]>();
  #next = 0;
  #variables: string[] = ['$'];
  /** How many `range` bodies are open. */
  #ranges = 0;
  #depth = 0;

  /** @param functions the names that a template may call */
  constructor(text: string, functions: ReadonlySet<string>) {
    this.#tokens = new Lexer(text).tokens();
    this.#functions = functions;
  }

  /** @throws LayersError ERR_LAYERS_TEMPLATE */
  parse(): TemplateSet {
    const main: Node[] = [];
    while (this.#peek().kind !== 'end') {
      if (this.#isDefinition()) {
        this.#definition();
        continue;
      }
      const node = this.#textOrAction();
      if (isEnding(node)) throw this.#error(`unexpected {{${node}}}`);
      main.push(node);
    }
    return { main, defined: this.#defined };
  }

  #isDefinition(): boolean {
    if (this.#peek().kind !== 'open') return false;
    const after = this.#tokens[this.#next + 1];
    const word = after?.kind === 'space' ? this.#tokens[this.#next + 2] : after;
    return word?.kind === 'keyword' && word.text === 'define';
  }

  #definition(): void {
    this.#take();
    this.#takeWord();
    const name = this.#templateName(this.#takeWord(), 'define clause');
    this.#expectClose('define clause');
    this.#define(name, this.#ownScope('define clause'));
  }

  /** Reads the body of a `define` or `block`, which sees only its own variables. */
  #ownScope(context: string): readonly Node[] {
    const variables = this.#variables;
    const ranges = this.#ranges;
    this.#variables = ['$'];
    this.#ranges = 0;
    const { nodes, ending } = this.#list();
    if (ending !== 'end') throw this.#error(`unexpected {{else}} in ${context}`);
    this.#variables = variables;
    this.#ranges = ranges;
    return nodes;
  }

  /** Adds a template. An empty one gives way to any other of the same name. */
  #define(name: GoString, nodes: readonly Node[]): void {
    const known = this.#defined.get(name);
    if (known === undefined || isEmpty(known)) this.#defined.set(name, nodes);
    else if (!isEmpty(nodes)) throw this.#error(`multiple definition of template ${JSON.stringify(name)}`);
  }

  /** Reads up to `{{end}}` or `{{else}}`. */
  #list(): List {
    if (++this.#depth > MOST_DEPTH) throw this.#error('too many parts in each other');
    const nodes: Node[] = [];
    for (;;) {
      if (this.#peekWord().kind === 'end') throw this.#error('unexpected EOF');
      const node = this.#textOrAction();
      if (isEnding(node)) {
        this.#depth--;
        return { nodes, ending: node };
      }
      nodes.push(node);
    }
  }

  #textOrAction(): Node | Ending {
    const token = this.#takeWord();
    if (token.kind === 'text') return { kind: 'text', text: goString(token.text) };
    if (token.kind !== 'open') throw this.#unexpected(token, 'input');
    const word = this.#peekWord();
    if (word.kind !== 'keyword' || word.text === 'nil') {
      return { kind: 'action', pipeline: this.#pipeline('command', 'close') };
    }
    this.#takeWord();
    switch (word.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(word.text);
      case 'template':
        return this.#template();
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        this.#expectClose(`{{${word.text}}}`);
        if (this.#ranges === 0) throw this.#error(`{{${word.text}}} outside {{range}}`);
        return { kind: word.text };
      case 'end':
        this.#expectClose('end');
        return 'end';
      case 'else': {
        const after = this.#peekWord();
        // `{{else if …}}` is `{{else}}{{if …}}`, and ends with it.
        if (after.kind !== 'keyword' || !['if', 'with'].includes(after.text)) this.#expectClose('else');
        return 'else';
      }
      default:
        throw this.#unexpected(word, 'command');
    }
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    const variables = this.#variables.length;
    const pipeline = this.#pipeline(kind, 'close');
    if (kind === 'range') this.#ranges++;
    const body = this.#list();
    if (kind === 'range') this.#ranges--;
    const otherwise = body.ending === 'else' ? this.#otherwise(kind) : [];
    this.#variables.length = variables;
    return { kind, pipeline, body: body.nodes, otherwise };
  }

  #otherwise(kind: BranchNode['kind']): readonly Node[] {
    const next = this.#peek();
    if (kind !== 'range' && next.kind === 'keyword' && next.text === kind) {
      this.#take();
      return [this.#branch(kind)];
    }
    const { nodes, ending } = this.#list();
    if (ending !== 'end') throw this.#error('expected end; found {{else}}');
    return nodes;
  }

  #template(): TemplateNode {
    const token = this.#takeWord();
    const name = this.#templateName(token, 'template clause');
    if (this.#peekWord().kind !== 'close') {
      return {
        kind: 'template',
        name,
        pipeline: this.#pipeline('template clause', 'close'),
        line: token.line,
      };
    }
    this.#takeWord();
    return { kind: 'template', name, pipeline: null, line: token.line };
  }

  #block(): TemplateNode {
    const token = this.#takeWord();
    const name = this.#templateName(token, 'block clause');
    const pipeline = this.#pipeline('block clause', 'close');
    this.#define(name, this.#ownScope('block clause'));
    return { kind: 'template', name, pipeline, line: token.line };
  }

  #templateName(token: Token, context: string): GoString {
    if (token.kind !== 'string' && token.kind !== 'raw-string') throw this.#unexpected(token, context);
    return this.#string(token);
  }

  #pipeline(context: string, close: 'close' | ')'): Pipeline {
    const { line } = this.#peekWord();
    const variables: string[] = [];
    let isAssignment = false;
    for (let more = true; more && this.#peekWord().kind === 'variable'; ) {
      more = false;
      const start = this.#next;
      const variable = this.#takeWord();
      const operator = this.#peekWord();
      if (operator.kind === 'declare' || operator.kind === 'assign') {
        isAssignment = operator.kind === 'assign';
      } else if (operator.kind === 'other' && operator.text === ',') {
        more = true;
      } else {
        this.#next = start;
        break;
      }
      this.#takeWord();
      variables.push(variable.text);
      this.#variables.push(variable.text);
      if (!more) continue;
      if (context !== 'range' || variables.length > 1)
        throw this.#error(`too many declarations in ${context}`);
      if (!['variable', 'close', ')'].includes(this.#peekWord().kind)) {
        throw this.#error('range can only initialize variables');
      }
    }
    return { kind: 'pipeline', variables, isAssignment, commands: this.#commands(context, close), line };
  }

  #commands(context: string, close: 'close' | ')'): readonly Command[] {
    const commands: Command[] = [];
    for (;;) {
      const token = this.#peekWord();
      if (token.kind === close) break;
      if (!OPERANDS.has(token.kind) && !isNil(token)) throw this.#unexpected(token, context);
      commands.push(this.#command());
    }
    this.#takeWord();
    if (commands.length === 0) throw this.#error(`missing value for ${context}`);
    for (const [stage, { first }] of commands.entries()) {
      if (stage > 0 && ['boolean', 'dot', 'nil', 'number', 'string'].includes(first.kind)) {
        throw this.#error(`non executable command in pipeline stage ${stage + 1}`);
      }
    }
    return commands;
  }

  /** Reads operands up to `|`, which is taken, or to the end of the pipeline, which is not. */
  #command(): Command {
    const operands: Operand[] = [];
    for (;;) {
      const operand = this.#operand();
      if (operand !== null) operands.push(operand);
      const token = this.#peek();
      if (token.kind === 'close' || token.kind === ')') break;
      this.#take();
      if (token.kind === 'pipe') break;
      if (token.kind !== 'space') throw this.#unexpected(token, 'operand');
    }
    const [first, ...args] = operands;
    if (first === undefined) throw this.#error('empty command');
    return { first, args };
  }

  /** Reads a term and the fields behind it; null where the next token begins none. */
  #operand(): Operand | null {
    const token = this.#peekWord();
    const term = this.#term(token);
    if (term === null) return null;
    const names: GoString[] = [];
    while (this.#peek().kind === 'field') names.push(goString(this.#take().text.slice(1)));
    if (names.length === 0) return term;
    if (term.kind === 'field' || term.kind === 'variable')
      return { ...term, names: [...term.names, ...names] };
    if (term.kind === 'function' || term.kind === 'pipeline') return { kind: 'chain', of: term, names };
    throw this.#error(`unexpected . after term ${JSON.stringify(token.text)}`);
  }

  #term(token: Token): Operand | null {
    if (!OPERANDS.has(token.kind) && !isNil(token)) return null;
    this.#takeWord();
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(token.text)) throw this.#unknownFunction(token.text);
        return { kind: 'function', name: token.text };
      case 'dot':
        return { kind: 'dot' };
      case 'keyword':
        return { kind: 'nil' };
      case 'variable':
        if (!this.#variables.includes(token.text)) throw this.#error(`undefined variable "${token.text}"`);
        return { kind: 'variable', name: token.text, names: [] };
      case 'field':
        return { kind: 'field', names: [goString(token.text.slice(1))] };
      case 'boolean':
        return { kind: 'boolean', value: token.text === 'true' };
      case 'number':
      case 'character':
        return this.#number(token);
      case '(':
        return this.#parenthesised();
      default:
        return { kind: 'string', value: this.#string(token) };
    }
  }

  #parenthesised(): Pipeline {
    if (++this.#depth > MOST_DEPTH) throw this.#error('too many parts in each other');
    const pipeline = this.#pipeline('parenthesized pipeline', ')');
    this.#depth--;
    return pipeline;
  }

  #number({ kind, text }: Token): Operand {
    if (kind === 'character') {
      const code = unquoteCharacter(text);
      if (code === null) throw this.#error(`malformed character constant: ${text}`);
      return { kind: 'number', value: BigInt(code), int: BigInt(code), text };
    }
    const number = parseNumber(text);
    if (number === null) throw this.#error(`bad number: ${text}`);
    return number;
  }

  #string({ text }: Token): GoString {
    const value = unquote(text);
    if (value === null) throw this.#error(`invalid string: ${text}`);
    return value;
  }

  #expectClose(context: string): void {
    const token = this.#takeWord();
    if (token.kind !== 'close') throw this.#unexpected(token, context);
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] ?? NONE;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  /** Returns the next token that is not a space, and skips the spaces. */
  #peekWord(): Token {
    while (this.#peek().kind === 'space') this.#next++;
    return this.#peek();
  }

  #takeWord(): Token {
    this.#peekWord();
    return this.#take();
  }

  #unexpected(token: Token, context: string): Error {
    if (token.kind === 'error') return this.#error(token.text);
    if (token.kind === 'end') return this.#error(`unexpected EOF in ${context}`);
    return this.#error(`unexpected ${JSON.stringify(token.text)} in ${context}`);
  }

  #unknownFunction(name: string): Error {
    const line = this.#tokens[this.#next - 1]?.line ?? 1;
    const functions = [...this.#functions].sort().join(', ');
    return templateError(`function "${name}" not defined`, line, `the functions are ${functions}`);
  }

  #error(message: string): Error {
    return templateError(message, this.#peek().line);
  }
}

const NONE: Token = { kind: 'end', text: '', line: 1 };

function isNil(token: Token): boolean {
  return token.kind === 'keyword' && token.text === 'nil';
}

function isEnding(node: Node | Ending): node is Ending {
  return typeof node === 'string';
}

/** Whether a template has nothing but spaces. */
function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
