export { dockerfileError, type TextOrigin } from './dockerfile-error.js';
export { type DurationUnits, parseDuration, parseDurationNs } from './durations.js';
export { execForm } from './exec-form.js';
export { type Healthcheck, parseHealthcheckOption } from './health-check.js';
export { splitKeyValue } from './key-values.js';
export { parseInstructions } from './parse-instructions.js';
export { parsePorts } from './ports.js';
export { type RunConfig, runConfigDocument } from './run-config.js';
export { checkedStopSignal } from './stop-signal.js';
