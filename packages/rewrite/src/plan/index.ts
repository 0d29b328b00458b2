export { planSquash } from './plan-squash.js';
export { planTree } from './plan-tree.js';
export { planWithoutWaste } from './plan-without-waste.js';
export { Action, type TreePlan } from './tree-plan.js';
