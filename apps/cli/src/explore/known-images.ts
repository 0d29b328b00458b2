import { isLayersError } from '@layers/errors';
import { listImages } from '@layers/store/images';
import { userStore } from '../input/stored-input.js';
import { ago } from '../output/ago.js';
import { escapeForTerminal } from '../output/escape.js';
import { setTime, shortDigest } from '../output/format.js';
import { shortText } from '../output/short-text.js';
import { table } from '../output/table.js';
import type { View } from '../output/view.js';
import type { Session } from '../session.js';

/** An image that can be explored, by the name that the command takes. */
export interface KnownImage {
  readonly name: string;
  /** The cells of its row. */
  readonly cells: readonly string[];
}

/** What there is to choose from. */
export interface KnownImages {
  readonly images: readonly KnownImage[];
  /** Why a place could not be listed, safe to show. */
  readonly problems: readonly string[];
}

const COLUMNS = [
  { title: 'FROM' },
  { title: 'IMAGE' },
  { title: 'ID' },
  { title: 'CREATED' },
  { title: 'SIZE', align: 'right' },
] as const;

/** An engine on another machine may be slow, or gone. */
const ENGINE_MS = 1000;

/** Lists the images of the store, and of a Docker Engine if one answers soon. */
export async function knownImages(view: View, session: Session, now: number): Promise<KnownImages> {
  const [stored, ofEngine] = await Promise.all([
    listed('the store', async () => storedImages(view, session, now)),
    listed('Docker', () => engineImages(view, session, now)),
  ]);
  return {
    images: [...stored.images, ...ofEngine.images],
    problems: [...stored.problems, ...ofEngine.problems],
  };
}

async function listed(place: string, list: () => Promise<readonly KnownImage[]>): Promise<KnownImages> {
  try {
    return { images: await list(), problems: [] };
  } catch (error) {
    if (!isLayersError(error)) throw error;
    return { images: [], problems: [`${place}: ${escapeForTerminal(error.message)}`] };
  }
}

function storedImages(view: View, session: Session, now: number): KnownImage[] {
  // A name may stand for several platforms: the one of this machine is explored.
  const seen = new Set<string>();
  return listImages(userStore(session)).flatMap(({ id, manifestDigest, refs, created, sizeBytes }) => {
    const digest = id ?? manifestDigest;
    const time = setTime(created);
    const age = time === null ? '' : ago(time, now) || time;
    const names = (refs.length === 0 ? [digest] : refs).filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    return names.map((name) => ({
      name: `store:${name}`,
      cells: ['store', ...cellsOf(refs.length === 0 ? null : name, digest, age, view.bytes(sizeBytes))],
    }));
  });
}

async function engineImages(view: View, { env, signal }: Session, now: number): Promise<KnownImage[]> {
  const { daemonEndpoint, listInDaemon } = await import('@layers/store/daemon');
  const soon = AbortSignal.any([signal, AbortSignal.timeout(ENGINE_MS)]);
  try {
    const images = await listInDaemon(daemonEndpoint(env), { signal: soon });
    return images.flatMap(({ id, tags, createdSeconds, sizeBytes }) => {
      const time = createdSeconds === null ? null : setTime(isoTime(createdSeconds));
      const age = time === null ? '' : ago(time, now);
      const size = sizeBytes === null ? '' : view.bytes(sizeBytes);
      const names = tags.length === 0 ? [id] : tags;
      return names.map((name) => ({
        name: `docker-daemon:${name}`,
        cells: ['docker', ...cellsOf(tags.length === 0 ? null : name, id, age, size)],
      }));
    });
  } catch (error) {
    signal.throwIfAborted();
    // Most machines have none.
    if (isLayersError(error) || soon.aborted) return [];
    throw error;
  }
}

/** Returns a time that no date has as empty text. */
function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function cellsOf(name: string | null, id: string, age: string, size: string): string[] {
  return [shortText(name ?? '<none>'), shortDigest(id), shortText(age), size];
}

/** Returns the header and the rows of a list. */
export function knownImageLines({ images }: KnownImages, view: View): readonly string[] {
  const lines = [
    ...table(
      view,
      COLUMNS,
      images.map(({ cells }) => [...cells]),
    ),
  ].join('');
  return lines.trimEnd().split('\n');
}
