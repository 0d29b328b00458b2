import { plainText } from '../format/print.js';
import { CallError } from '../functions/call-error.js';
import { NO_VALUE } from '../functions/escape.js';
import type { ParameterType, TemplateFunctions } from '../functions/function.js';
import type { GoString } from '../go-string.js';
import type {
  BranchNode,
  Command,
  Node,
  Operand,
  Pipeline,
  TemplateNode,
  TemplateSet,
} from '../parse/node.js';
import { templateError } from '../template-error.js';
import { GoMap, GoNil, GoSlice, GoStruct, GoUint8, type GoValue, isTrue, typeOf } from '../value.js';
import { describe, fieldsHint } from './describe.js';
import { Scope } from './scope.js';

/** What a template may do. Go has no such limits; nobody needs more, and a template may come from anywhere. */
const MOST_DEPTH = 500;
const MOST_BYTES = 128 * 1024 * 1024;

export interface ExecutionLimits {
  /** Whether a key that a map does not have is an error. */
  readonly missingKeyIsError: boolean;
  /** The most nodes that are visited. */
  readonly mostSteps: number;
}

/** What follows the last node: the next one, or a jump in a `range`. */
type Flow = 'next' | 'break' | 'continue';

/** The value of the command before, as the last argument of the next; null for the first command. */
type Final = { readonly value: GoValue } | null;

/** Executes the templates of a text over a value. */
export class Execution {
  readonly #templates: TemplateSet;
  readonly #functions: TemplateFunctions;
  readonly #isStrict: boolean;
  readonly #mostSteps: number;
  readonly #out: GoString[] = [];
  #bytes = 0;
  #steps = 0;
  #depth = 0;
  #line = 1;
  #scope: Scope;

  constructor(templates: TemplateSet, functions: TemplateFunctions, limits: ExecutionLimits) {
    this.#templates = templates;
    this.#functions = functions;
    this.#isStrict = limits.missingKeyIsError;
    this.#mostSteps = limits.mostSteps;
    this.#scope = new Scope(undefined);
  }

  /** @throws LayersError ERR_LAYERS_TEMPLATE */
  run(data: GoValue): GoString {
    this.#scope = new Scope(data);
    this.#walk(this.#templates.main, data);
    return this.#out.join('');
  }

  #walk(nodes: readonly Node[], dot: GoValue): Flow {
    for (const node of nodes) {
      const flow = this.#node(node, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #node(node: Node, dot: GoValue): Flow {
    this.#step();
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'next';
      case 'action': {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.#write(printed(value));
        return 'next';
      }
      case 'template':
        this.#template(node, dot);
        return 'next';
      case 'range':
        return this.#range(node, dot);
      case 'if':
      case 'with':
        return this.#choose(node, dot);
      default:
        return node.kind;
    }
  }

  #step(): void {
    if (++this.#steps > this.#mostSteps) throw this.#error(`more than ${this.#mostSteps} steps`);
  }

  #choose(node: BranchNode, dot: GoValue): Flow {
    const mark = this.#scope.mark();
    const value = this.#pipeline(node.pipeline, dot);
    const flow = isTrue(value)
      ? this.#walk(node.body, node.kind === 'with' ? value : dot)
      : this.#walk(node.otherwise, dot);
    this.#scope.release(mark);
    return flow;
  }

  #range(node: BranchNode, dot: GoValue): Flow {
    const start = this.#scope.mark();
    const value = this.#pipeline(node.pipeline, dot);
    const mark = this.#scope.mark();
    let isEmpty = true;
    for (const [key, item] of this.#itemsOf(value, node.pipeline)) {
      isEmpty = false;
      this.#setRangeVariables(node.pipeline, key, item);
      const flow = this.#walk(node.body, item);
      this.#scope.release(mark);
      if (flow === 'break') break;
      // A body without nodes is a step, too.
      this.#step();
    }
    const flow = isEmpty ? this.#walk(node.otherwise, dot) : 'next';
    this.#scope.release(start);
    return flow;
  }

  #setRangeVariables({ variables }: Pipeline, key: GoValue, item: GoValue): void {
    const [first, second] = variables;
    if (second !== undefined && first !== undefined) {
      this.#scope.set(first, key);
      this.#scope.set(second, item);
    } else if (first !== undefined) this.#scope.set(first, item);
  }

  *#itemsOf(value: GoValue, { variables }: Pipeline): Generator<readonly [key: GoValue, item: GoValue]> {
    const count = value instanceof GoUint8 ? value.value : value;
    if (typeof count === 'bigint') {
      if (variables.length > 1)
        throw this.#error(`can't use ${count} to iterate over more than one variable`);
      for (let i = 0n; i < count; i++) yield [undefined, value instanceof GoUint8 ? new GoUint8(i) : i];
    } else if (value instanceof GoSlice) {
      for (const [i, item] of value.items.entries()) yield [BigInt(i), item];
    } else if (value instanceof GoMap) {
      for (const key of value.sortedKeys) yield [key, value.entries.get(key)];
    } else if (value !== undefined && value !== null) {
      throw this.#error(`range can't iterate over ${plainText(value)}`);
    }
  }

  #template({ name, pipeline, line }: TemplateNode, dot: GoValue): void {
    this.#line = line;
    const nodes = this.#templates.defined.get(name);
    if (nodes === undefined) throw this.#error(`template ${JSON.stringify(name)} not defined`);
    const data = pipeline === null ? undefined : this.#pipeline(pipeline, dot);
    if (++this.#depth > MOST_DEPTH) throw this.#error(`more than ${MOST_DEPTH} templates in each other`);
    const outer = this.#scope;
    this.#scope = new Scope(data);
    this.#walk(nodes, data);
    this.#scope = outer;
    this.#depth--;
  }

  #pipeline(pipeline: Pipeline, dot: GoValue): GoValue {
    this.#line = pipeline.line;
    let final: Final = null;
    for (const command of pipeline.commands) {
      const value = this.#command(command, dot, final);
      final = { value: value === null ? undefined : value };
    }
    const value = final?.value;
    for (const name of pipeline.variables) {
      if (!pipeline.isAssignment) this.#scope.declare(name, value);
      // The parser takes a new variable in an assignment, as Go's does.
      else if (!this.#scope.set(name, value)) throw this.#error(`undefined variable: ${name}`);
    }
    return value;
  }

  #command({ first, args }: Command, dot: GoValue, final: Final): GoValue {
    if (first.kind === 'function') return this.#call(first.name, args, dot, final);
    const hasArgs = args.length > 0 || final !== null;
    if (hasArgs && !this.#refusesArgsItself(first)) {
      throw this.#error(`can't give argument to non-function ${describe(first)}`);
    }
    if (first.kind === 'nil') throw this.#error('nil is not a command');
    return this.#operand(first, dot, hasArgs);
  }

  /** Whether the last field of an operand says what is wrong with arguments: there may be no value to speak of. */
  #refusesArgsItself(operand: Operand): boolean {
    return (
      operand.kind === 'field' ||
      operand.kind === 'chain' ||
      (operand.kind === 'variable' && operand.names.length > 0)
    );
  }

  #operand(operand: Operand, dot: GoValue, hasArgs = false): GoValue {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'boolean':
      case 'string':
        return operand.value;
      case 'number':
        if (operand.value === undefined) throw this.#error(`${operand.text} overflows int`);
        return operand.value;
      case 'function':
        return this.#call(operand.name, [], dot, null);
      case 'field':
        return this.#fields(dot, operand.names, hasArgs);
      case 'variable':
        return this.#fields(this.#scope.get(operand.name), operand.names, hasArgs);
      case 'chain':
        return this.#fields(this.#operand(operand.of, dot), operand.names, hasArgs);
      default:
        return this.#pipeline(operand, dot);
    }
  }

  #fields(value: GoValue, names: readonly GoString[], hasArgs: boolean): GoValue {
    return names.reduce(
      (of: GoValue, name, i) => this.#field(of, name, hasArgs && i === names.length - 1),
      value,
    );
  }

  #field(value: GoValue, name: GoString, hasArgs: boolean): GoValue {
    if (value === undefined) {
      if (this.#isStrict) throw this.#error(`nil data; no entry for key ${JSON.stringify(name)}`);
      return undefined;
    }
    if (value === null) throw this.#error(`nil pointer evaluating interface {}.${name}`);
    if (value instanceof GoNil) throw this.#error(`nil pointer evaluating ${value.type}.${name}`);
    const fields = value instanceof GoStruct ? value.fields : value instanceof GoMap ? value.entries : null;
    if (fields === null || (value instanceof GoStruct && !fields.has(name))) {
      const hint = value instanceof GoStruct ? fieldsHint(value) : undefined;
      throw templateError(`can't evaluate field ${name} in type ${typeOf(value)}`, this.#line, hint);
    }
    if (hasArgs) throw this.#error(`${name} is not a method but has arguments`);
    if (this.#isStrict && !fields.has(name))
      throw this.#error(`map has no entry for key ${JSON.stringify(name)}`);
    return fields.get(name);
  }

  #call(name: string, args: readonly Operand[], dot: GoValue, final: Final): GoValue {
    const fn = this.#functions.get(name);
    if (fn === undefined) throw this.#error(`"${name}" is not a defined function`);
    const { parameters, rest } = fn;
    const count = args.length + (final === null ? 0 : 1);
    if (rest === undefined ? count !== parameters.length : count < parameters.length) {
      const wanted = rest === undefined ? `${parameters.length}` : `at least ${parameters.length}`;
      throw this.#error(`wrong number of args for ${name}: want ${wanted} got ${count}`);
    }
    if (name === 'and' || name === 'or') return this.#shortCircuit(name, args, dot, final);
    const typeAt = (i: number): ParameterType => parameters[i] ?? rest ?? 'any';
    const values = args.map((arg, i) => this.#argument(arg, typeAt(i), dot));
    if (final !== null) values.push(this.#checked(final.value, typeAt(args.length)));
    try {
      const result = fn.call(...values);
      if (typeof result === 'string') this.#count(result);
      return result;
    } catch (error) {
      if (error instanceof CallError) throw this.#error(`error calling ${name}: ${error.message}`);
      // JavaScript's limit of the length of a string.
      if (error instanceof RangeError) throw this.#error(`error calling ${name}: the result is too long`);
      throw error;
    }
  }

  #shortCircuit(name: 'and' | 'or', args: readonly Operand[], dot: GoValue, final: Final): GoValue {
    let value: GoValue;
    for (const arg of args) {
      value = this.#argument(arg, 'any', dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === null ? value : final.value;
  }

  #argument(arg: Operand, type: ParameterType, dot: GoValue): GoValue {
    if (type !== 'any') {
      if (arg.kind === 'nil' && type !== '[]string') throw this.#error(`cannot assign nil to ${type}`);
      if (arg.kind === 'nil') return new GoSlice([], 'string', true);
      if (arg.kind === 'number' && type === 'int' && arg.int !== undefined) return arg.int;
      const isConstant = arg.kind === 'number' || arg.kind === 'string' || arg.kind === 'boolean';
      if (isConstant && !(arg.kind === 'string' && type === 'string')) {
        throw this.#error(`expected ${type}; found ${describe(arg)}`);
      }
    }
    return this.#checked(this.#operand(arg, dot), type);
  }

  /** Checks that a value can be an argument of a type. */
  #checked(value: GoValue, type: ParameterType): GoValue {
    if (type === 'any') return value;
    if (value === undefined || value === null) {
      if (type === '[]string' && value === undefined) return new GoSlice([], 'string', true);
      throw this.#error(`invalid value; expected ${type}`);
    }
    if (typeOf(value) === type) return value;
    throw this.#error(`wrong type for value; expected ${type}; got ${typeOf(value)}`);
  }

  #write(text: GoString): void {
    this.#count(text);
    this.#out.push(text);
  }

  /** Counts what is written and what functions return: each may be twice as long as the one before. */
  #count(text: GoString): void {
    this.#bytes += text.length;
    if (this.#bytes > MOST_BYTES) throw this.#error(`more than ${MOST_BYTES} bytes of text`);
  }

  #error(message: string): Error {
    return templateError(message, this.#line);
  }
}

function printed(value: GoValue): GoString {
  return value === undefined || value === null ? NO_VALUE : plainText(value);
}
