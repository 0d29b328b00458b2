/** Defined by the build, from package.json. */
declare const LAYERS_VERSION: string | undefined;
/** Defined by the build: a hash of the code that reads images. */
declare const LAYERS_BUILD: string | undefined;

export const VERSION: string = typeof LAYERS_VERSION === 'string' ? LAYERS_VERSION : '0.0.0-source';

/** Differs where the same image may be understood in another way. */
export const BUILD: string = typeof LAYERS_BUILD === 'string' ? LAYERS_BUILD : 'source';
