import { imageLayerRows } from '../view/image-layer-rows.js';
import { imageTables } from '../view/image-tables.js';
import { imageFigures } from '../view/story.js';
import { ImageSummary } from './image-summary.js';
import type { ReportViews } from './place.js';
import { Versions } from './versions.js';

export const IMAGE_VIEWS: ReportViews = {
  whole: 'All files',
  figures: imageFigures,
  layerRows: imageLayerRows,
  tables: imageTables,
  Summary: ImageSummary,
  Versions,
};
