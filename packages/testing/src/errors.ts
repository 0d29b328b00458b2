import { isLayersError, type LayersError } from '@layers/errors';

/** Returns the `LayersError` that `run` throws. Rethrows other errors; throws if `run` succeeds. */
export async function errorOfAsync(run: () => unknown): Promise<LayersError> {
  try {
    await run();
  } catch (error) {
    if (isLayersError(error)) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

/** Returns the code of the `LayersError` that `run` throws; null if it succeeds. */
export async function codeOfAsync(run: () => unknown): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (isLayersError(error)) return error.code;
    throw error;
  }
}
