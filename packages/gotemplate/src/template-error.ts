import { LayersError } from '@layers/errors';

/** Returns the error of a template that cannot be read or executed. */
export function templateError(message: string, line: number, hint?: string): LayersError {
  return new LayersError('ERR_LAYERS_TEMPLATE', `the template, line ${line}: ${message}`, { hint });
}
