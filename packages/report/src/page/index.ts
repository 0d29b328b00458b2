export { showReport } from './show-report.js';
