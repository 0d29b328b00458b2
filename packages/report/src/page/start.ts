import { IMAGE_VIEWS } from './image-views.js';
import { showViews } from './show-views.js';
import { startReport } from './start-report.js';

void startReport((data, element) => showViews(data, element, IMAGE_VIEWS));
