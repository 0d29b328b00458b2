import { showReport } from './show-report.js';
import { startReport } from './start-report.js';

void startReport((data, element) => showReport(data, element));
