import { isLayersError } from '@layers/errors';
import type { FoundProblem } from '../folder/state.js';
import { type FleetSource, identityOf, type LocalCopy } from './sources.js';

/** Returns the state of a source, or why it is not known. */
export function stateOf(source: FleetSource): Promise<string | null | FoundProblem> {
  return orProblem(async () => (source.remote === undefined ? identityOf(source) : source.remote.identity()));
}

/** Returns where the bytes of a source are, or why they are nowhere. */
export function localCopy({ path, remote }: FleetSource): Promise<LocalCopy | FoundProblem> {
  return orProblem(async () => (remote === undefined ? { path, remove: () => {} } : remote.fetch()));
}

async function orProblem<Value>(work: () => Promise<Value>): Promise<Value | FoundProblem> {
  try {
    return await work();
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return { position: null, code: error.code, message: error.message };
  }
}

export function isProblem(value: unknown): value is FoundProblem {
  return typeof value === 'object' && value !== null && 'code' in value;
}
