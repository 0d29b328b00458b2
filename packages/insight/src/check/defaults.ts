import type { Budgets } from './budget.js';
import { parseLimit } from './limit-text.js';

/** What wrote a limit that nobody wrote. */
const DEFAULT = 'default';

/** The budgets that dive has by default. */
export const DIVE_DEFAULTS: Budgets = {
  efficiency: { fail: parseLimit('efficiency', ['0.9'], DEFAULT) },
  'wasted-share': { fail: parseLimit('wasted-share', ['0.1'], DEFAULT) },
};
