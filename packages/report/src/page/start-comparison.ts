import { COMPARISON_VIEWS } from './comparison-views.js';
import { showViews } from './show-views.js';
import { startReport } from './start-report.js';

void startReport((data, element) => showViews(data, element, COMPARISON_VIEWS));
