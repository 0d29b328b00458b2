import { listEntries } from '@layers/core/analysis';
import { isLayersError } from '@layers/errors';
import { listNames } from '@layers/store/images';
import type { Command } from 'commander';
import { storeReference } from '../input/image-name.js';
import { withAnalysis } from '../input/inputs.js';
import { registryName } from '../input/registry-input.js';
import { userStore } from '../input/stored-input.js';
import { writeText } from '../output/write-out.js';
import type { Session } from '../session.js';
import { dockerAnswer } from './docker.js';
import { grammarOf } from './grammar.js';

/**
 * Prints the words that can follow, one a line, for the scripts of completion: `names PREFIX` the names in the store, `paths
 * IMAGE PREFIX` the paths of an image in the directory of PREFIX, `docker WORDS` what docker completes. Prints nothing where
 * there is an error, since the user is still typing.
 */
export async function offer(
  [kind, ...words]: readonly string[],
  session: Session,
  describeAll: () => Command,
): Promise<void> {
  try {
    if (kind === 'docker') return await offerToDocker(words, session, describeAll());
    const found = kind === 'names' ? namesFor(words, session) : await pathsFor(words, session);
    await writeText(
      session.stdout,
      found.filter((word) => !/[\n\r]/.test(word)).map((word) => `${word}\n`),
    );
  } catch (error) {
    if (!isLayersError(error)) throw error;
  }
}

/** The last line tells docker's shells what else they can offer: files, or nothing. */
const [FILES, NOTHING_ELSE] = [':0', ':4'];

async function offerToDocker(words: readonly string[], session: Session, program: Command): Promise<void> {
  const { lines, files, names } = dockerAnswer(words, grammarOf(program));
  const stored = names ? namesFor(words.slice(-1), session) : [];
  const all = [...lines, ...stored.filter((word) => !/[\n\r\t]/.test(word)), files ? FILES : NOTHING_ELSE];
  await writeText(
    session.stdout,
    all.map((line) => `${line}\n`),
  );
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
