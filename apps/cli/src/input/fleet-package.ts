import { fileURLToPath } from 'node:url';
import { isLayersError, type LayersError } from '@layers/errors';
import { CommandError } from '../command-error.js';
import { VERSION } from '../version.js';
import { fleetInstallLine, type Installation, queueInstallLine } from './fleet-install.js';

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
      { hint: fleetInstallLine(installation()), cause },
    );
  }
}

/** Runs work on a queue. Where the libraries of the queue are missing, the hint is the line that installs them. */
export async function withQueueLibraries<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (!isLayersError(cause) || cause.code !== 'ERR_LAYERS_ENGINE_MISSING' || !/bullmq/.test(cause.message))
      throw cause;
    const hint = queueInstallLine(installation());
    throw new CommandError(cause.code, 'a queue needs the packages bullmq and ioredis', { hint, cause });
  }
}

function installation(): Installation {
  return {
    file: fileURLToPath(import.meta.url),
    node: process.execPath,
    cwd: process.cwd(),
    version: VERSION,
  };
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
