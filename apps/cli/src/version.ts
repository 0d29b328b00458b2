/** Defined by the build, from package.json. */
declare const LAYERS_VERSION: string | undefined;

export const VERSION: string = typeof LAYERS_VERSION === 'string' ? LAYERS_VERSION : '0.0.0-source';
