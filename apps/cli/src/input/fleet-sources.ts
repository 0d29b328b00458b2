import { existsSync, readFileSync } from 'node:fs';
import { reading } from '@layers/core/io';
import type { FleetSource } from '@layers/fleet';
import { storePath } from '@layers/store/layout';
import { CommandError, usageError } from '../command-error.js';
import type { Session } from '../session.js';
import { expandFolders } from './folder-names.js';

/** The name of the whole store. */
const STORE = 'store:';

/**
 * Returns the archives and layouts that names mean: paths, folders of them, and `store:` for the local store.
 *
 * @throws LayersError ERR_LAYERS_USAGE for names of other kinds; ERR_LAYERS_INPUT_MISSING; ERR_LAYERS_READ
 */
export function fleetSources(
  names: readonly string[],
  { env }: Pick<Session, 'env'>,
): readonly FleetSource[] {
  const sources = new Map<string, FleetSource>();
  for (const given of names) {
    if (given === '-')
      throw usageError('a fleet is scanned from files', 'layers fleet scan --from - reads names of files');
    if (given === STORE) {
      sources.set(STORE, { name: STORE, path: storePath(env) });
      continue;
    }
    for (const { name, isFound } of expandFolders([given])) {
      if (!isFound && !existsSync(name)) {
        throw new CommandError('ERR_LAYERS_INPUT_MISSING', `there is no file ${name}`, {
          archive: name,
          hint: 'name archives, OCI layouts, folders of them, store:, or docker://HOST/NAME:*',
        });
      }
      sources.set(name, { name, path: name, ...(isFound ? { isFound } : {}) });
    }
  }
  return [...sources.values()];
}

/** Returns the names in a file, one a line. */
export async function namesIn(file: string, { stdin }: Pick<Session, 'stdin'>): Promise<readonly string[]> {
  const text = file === '-' ? await textOf(stdin) : reading(file, () => readFileSync(file, 'utf8'));
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.replace(/\r$/, '')]));
}

async function textOf(stream: AsyncIterable<Uint8Array | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
