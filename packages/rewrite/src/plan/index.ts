export { planWithoutWaste } from './plan-lean.js';
export { planSquash } from './plan-squash.js';
export { planTree } from './plan-tree.js';
export { Action, type TreePlan } from './tree-plan.js';
