export { type BaseBoundary, boundaryOf, type KnownBase, recognisedBase } from './base-boundary.js';
export type { DockerfileBase, DockerfileDocument, DockerfilePart, DockerfileStep } from './document.js';
export { type LayerFiles, layerFiles } from './layer-files.js';
export { type RestoreInput, restore } from './restore.js';
