import { fileURLToPath } from 'node:url';
import type { LayersError } from '@layers/errors';
import { CommandError } from '../command-error.js';
import { VERSION } from '../version.js';
import { fleetInstallLine } from './fleet-install.js';

type FleetPackage = typeof import('@layers/fleet');

/**
 * Loads the package of `layers fleet`, which is installed on its own: its database has 70 MB.
 *
 * @param command what needs it
 */
export async function loadFleetPackage(command = 'layers fleet'): Promise<FleetPackage> {
  try {
    return await import('@layers/fleet');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new CommandError(
      'ERR_LAYERS_ENGINE_MISSING',
      `${command} needs the package @layers/fleet, of 70 MB`,
      {
        hint: fleetInstallLine({
          file: fileURLToPath(import.meta.url),
          node: process.execPath,
          cwd: process.cwd(),
          version: VERSION,
        }),
        cause,
      },
    );
  }
}

/** Returns what to type where a folder is not a fleet; undefined for other errors. */
export function noFleetHint({ message }: LayersError): string | undefined {
  return /is not a fleet/.test(message)
    ? 'layers fleet scan IMAGES makes a fleet; --fleet DIR names another one'
    : undefined;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
