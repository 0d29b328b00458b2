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
import { layersFor } from './offer-layers.js';
import { tagsFor } from './offer-tags.js';

/** How long the user waits at most: what was found until then is offered. */
const LIMIT_MS = 3000;

/**
 * Prints the words that can follow, one a line, for the scripts of completion: `names PREFIX` the names in the store, or tags of
 * a registry after `docker://`; `tags PREFIX` the tags of a registry; `paths IMAGE PREFIX` the paths of an image in the directory
 * of PREFIX; `layers IMAGE PREFIX` its layers; `docker WORDS` what docker completes. Prints nothing where there is an error, since
 * the user is still typing.
 */
export async function offer(
  [kind, ...words]: readonly string[],
  session: Session,
  describeAll: () => Command,
): Promise<void> {
  const limit = AbortSignal.timeout(LIMIT_MS);
  const limited = { ...session, signal: AbortSignal.any([session.signal, limit]) };
  if (kind === 'docker') return offerToDocker(words, limited, describeAll());
  const found: string[] = [];
  const isOver = new Promise<void>((resolve) => limit.addEventListener('abort', () => resolve()));
  await Promise.race([collect(kind, words, limited, found), isOver]);
  await writeText(
    session.stdout,
    found.filter((word) => !/[\n\r]/.test(word)).map((word) => `${word}\n`),
  );
}

async function collect(
  kind: string | undefined,
  words: readonly string[],
  session: Session,
  found: string[],
): Promise<void> {
  const [prefix = ''] = words;
  try {
    if (kind === 'tags' || (kind === 'names' && registryName(prefix) !== null)) {
      for await (const name of tagsFor(prefix, session)) found.push(name);
    } else if (kind === 'names') found.push(...namesFor(words, session));
    else if (kind === 'paths') found.push(...(await pathsFor(words, session)));
    else if (kind === 'layers') found.push(...(await layersFor(words, session)));
  } catch (error) {
    if (!isLayersError(error) && !session.signal.aborted) throw error;
  }
}

/** The last line tells docker's shells what else they can offer: files, or nothing. */
const [FILES, NOTHING_ELSE] = [':0', ':4'];

async function offerToDocker(words: readonly string[], session: Session, program: Command): Promise<void> {
  const { lines, files, names } = dockerAnswer(words, grammarOf(program));
  const stored: string[] = [];
  if (names) await collect('names', words.slice(-1), session, stored);
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
