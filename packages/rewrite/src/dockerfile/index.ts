export type { TextOrigin } from './dockerfile-error.js';
export { type DurationUnits, parseDuration } from './durations.js';
export { execForm } from './exec-form.js';
export { type Healthcheck, parseHealthcheckOption } from './health-check.js';
export { splitKeyValue } from './key-values.js';
export { parseInstructions } from './parse-instructions.js';
export { type RunConfig, runConfigDocument } from './run-config.js';
export { checkedStopSignal } from './stop-signal.js';
