import { isLayersError, type LayersError } from '@layers/errors';

/** The error of ours that `run` ends with. Anything else goes through, and so does success. */
export async function errorOfAsync(run: () => unknown): Promise<LayersError> {
  try {
    await run();
  } catch (error) {
    if (isLayersError(error)) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** Its code, or null where all went well. */
export async function codeOfAsync(run: () => unknown): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (isLayersError(error)) return error.code;
    throw error;
  }
}
