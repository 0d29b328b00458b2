export { type DiveMetrics, diveMetrics, diveMetricsOf } from './dive-metrics.js';
export { type PrintedMetrics, printMetrics } from './print-metrics.js';
