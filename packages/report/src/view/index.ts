export { comparisonFigures, comparisonStory } from './comparison-story.js';
export { comparisonTables } from './comparison-tables.js';
export { Fleet } from './fleet/fleet.js';
export { deletionStory, fleetFigures, sharingStory } from './fleet/fleet-story.js';
export { fleetTables } from './fleet/fleet-tables.js';
export { proseParts } from './format.js';
export { imageTables } from './image-tables.js';
export { Paths } from './paths.js';
export { Contents } from './picture.js';
export {
  type Figure,
  imageFigures,
  reportName,
  type Statement,
  savingsText,
  shortStep,
  storyOf,
  withoutAdvice,
} from './story.js';
export { cellText, type Table } from './table.js';
