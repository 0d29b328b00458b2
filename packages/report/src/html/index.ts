export { fleetHtml, type PageAssets, type Pieces, reportHtml } from './report-html.js';
