import { CommandError } from '../command-error.js';

type FleetPackage = typeof import('@layers/fleet');

/** Loads the package of `layers fleet`, which is installed on its own: its database has 70 MB. */
export async function loadFleetPackage(): Promise<FleetPackage> {
  try {
    return await import('@layers/fleet');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new CommandError('ERR_LAYERS_ENGINE_MISSING', 'layers fleet needs the package @layers/fleet', {
      hint: 'npm install --global @layers/fleet, or without --global where layers-cli is installed in a folder',
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
