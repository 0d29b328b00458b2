import { listEntries } from '@layers/core/analysis';
import { isLayersError } from '@layers/errors';
import { listNames } from '@layers/store/images';
import { storeReference } from '../input/image-name.js';
import { withAnalysis } from '../input/inputs.js';
import { registryName } from '../input/registry-input.js';
import { userStore } from '../input/stored-input.js';
import { writeText } from '../output/write-out.js';
import type { Session } from '../session.js';

/**
 * Prints the words that can follow, one a line, for the scripts of completion: `names PREFIX` the names in the store, `paths
 * IMAGE PREFIX` the paths of an image in the directory of PREFIX. Prints nothing where there is an error, since the user is
 * still typing.
 */
export async function offer([kind, ...words]: readonly string[], session: Session): Promise<void> {
  try {
    const found = kind === 'names' ? namesFor(words, session) : await pathsFor(words, session);
    await writeText(
      session.stdout,
      found.filter((word) => !/[\n\r]/.test(word)).map((word) => `${word}\n`),
    );
  } catch (error) {
    if (!isLayersError(error)) throw error;
  }
}

function namesFor([prefix = '']: readonly string[], session: Session): readonly string[] {
  const transport = storeReference(prefix) === null ? '' : prefix.slice(0, prefix.indexOf(':') + 1);
  return listNames(userStore(session))
    .map((name) => `${transport}${name}`)
    .filter((name) => name.startsWith(prefix));
}

async function pathsFor([image = '', prefix = '']: readonly string[], session: Session): Promise<string[]> {
  // Standard input is the terminal, and all layers of an image would be fetched.
  if (image === '' || image === '-' || registryName(image) !== null) return [];
  const start = prefix.startsWith('/') ? '' : '/';
  const path = `${start}${prefix}`;
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const options = { quiet: true, progress: false };
  return withAnalysis(image, options, session, {}, async (analysis) => {
    const found: string[] = [];
    for (const entry of await listEntries(analysis, { path: directory })) {
      if (entry.path === directory || !entry.path.startsWith(path)) continue;
      found.push(`${entry.path.slice(start.length)}${entry.type === 'directory' ? '/' : ''}`);
    }
    return found;
  });
}
