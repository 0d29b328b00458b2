import type { GoString } from '../go-string.js';
import type { GoValue } from '../value.js';

/** A part of a template that writes something or decides what is written. */
export type Node = TextNode | ActionNode | BranchNode | TemplateNode | JumpNode;

export interface TextNode {
  readonly kind: 'text';
  readonly text: GoString;
}

/** `{{pipeline}}` */
export interface ActionNode {
  readonly kind: 'action';
  readonly pipeline: Pipeline;
}

/** `{{if}}`, `{{with}}` and `{{range}}`, up to their `{{end}}`. */
export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** `{{template "name" pipeline}}`, and what `{{block}}` leaves. */
export interface TemplateNode {
  readonly kind: 'template';
  readonly name: GoString;
  readonly pipeline: Pipeline | null;
  readonly line: number;
}

export interface JumpNode {
  readonly kind: 'break' | 'continue';
}

/** Commands, each of which gets the value of the one before it as its last argument. */
export interface Pipeline {
  readonly kind: 'pipeline';
  /** Variables that get the value; two only in `range`. */
  readonly variables: readonly string[];
  /** Whether the variables exist already. */
  readonly isAssignment: boolean;
  readonly commands: readonly Command[];
  readonly line: number;
}

/** A function, or a value, and its arguments. */
export interface Command {
  readonly first: Operand;
  readonly args: readonly Operand[];
}

export type Operand =
  | { readonly kind: 'dot' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: GoString }
  | NumberOperand
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'field'; readonly names: readonly GoString[] }
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly GoString[] }
  /** Fields of a parenthesised pipeline or of the result of a function. */
  | { readonly kind: 'chain'; readonly of: Operand; readonly names: readonly GoString[] }
  | Pipeline;

export interface NumberOperand {
  readonly kind: 'number';
  /** The value where no type is asked for; undefined where it does not fit into an `int`. */
  readonly value: Extract<GoValue, bigint | number | object> | undefined;
  /** The value as an `int`, where it is one. `1e3` is one, too. */
  readonly int: bigint | undefined;
  readonly text: string;
}

/** The templates of a text: the main one, and what `define` and `block` add. */
export interface TemplateSet {
  readonly main: readonly Node[];
  readonly defined: ReadonlyMap<GoString, readonly Node[]>;
}
