import type { GoString } from '../go-string.js';
import type { Node, Operand, Pipeline, TemplateSet } from './node.js';

/**
 * Returns the first names of all fields of a template: `Config` of `{{.Config.Labels}}` and of `{{$.Config}}`. Those inside
 * `range` and `with` are among them, since the value there may be the whole one.
 */
export function rootNames({ main, defined }: TemplateSet): Set<GoString> {
  const names = new Set<GoString>();
  for (const nodes of [main, ...defined.values()]) ofNodes(nodes, names);
  return names;
}

function ofNodes(nodes: readonly Node[], names: Set<GoString>): void {
  for (const node of nodes) {
    if ('pipeline' in node && node.pipeline !== null) ofPipeline(node.pipeline, names);
    if (!('body' in node)) continue;
    ofNodes(node.body, names);
    ofNodes(node.otherwise, names);
  }
}

function ofPipeline({ commands }: Pipeline, names: Set<GoString>): void {
  for (const { first, args } of commands) for (const operand of [first, ...args]) ofOperand(operand, names);
}

function ofOperand(operand: Operand, names: Set<GoString>): void {
  if (operand.kind === 'pipeline') ofPipeline(operand, names);
  if (operand.kind === 'chain') ofOperand(operand.of, names);
  const [first] = operand.kind === 'field' || operand.kind === 'variable' ? operand.names : [];
  if (first !== undefined) names.add(first);
  // Fields of `(index . 0)` or of `(and . .)`.
  if (operand.kind === 'chain' && operand.names[0] !== undefined) names.add(operand.names[0]);
}
