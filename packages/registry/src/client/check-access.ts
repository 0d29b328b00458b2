import { statusError } from '../registry-error.js';
import type { Connection } from './connection.js';

/**
 * Sends the request that every registry answers, with credentials.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_REGISTRY, ERR_LAYERS_CREDENTIALS
 */
export async function checkAccess(connection: Connection): Promise<void> {
  const place = { host: connection.name, what: 'log in', isWrite: false };
  const response = await connection.send({ method: 'GET', target: '/v2/', path: '', scopes: [], place });
  if (response.status !== 200) throw await statusError(place, response);
  response.discard();
}
