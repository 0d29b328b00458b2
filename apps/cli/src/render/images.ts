import type { ImageItem, ImagesDocument } from '../documents/images.js';
import { ago } from '../output/ago.js';
import { escapeForTerminal } from '../output/escape.js';
import { shortDigest } from '../output/format.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';

export interface ImagesLook {
  /** Whether there is a column of the digests of manifests. */
  readonly digests: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const NONE = '<none>';

/** Renders the table of docker images, with the bytes that an image shares with others. */
export function* renderImages({ images }: ImagesDocument, view: View, look: ImagesLook): Generator<string> {
  const columns = [
    { title: 'REPOSITORY' },
    { title: 'TAG' },
    ...(look.digests ? [{ title: 'DIGEST' }] : []),
    { title: 'IMAGE ID' },
    { title: 'CREATED' },
    { title: 'SIZE', align: 'right' },
    { title: 'SHARED', align: 'right' },
  ] as const;
  const rows = images.map((image) => rowOf(image, view, look));
  if (rows.length > 0) yield* table(view, columns, rows);
  else yield `${columns.map(({ title }) => view.colours.dim(title)).join('  ')}\n`;
  const broken = images.filter(({ problem }) => problem !== null);
  for (const { reference, manifestDigest, problem } of broken) {
    const name = shortText(reference ?? manifestDigest);
    yield `${view.colours.red('damaged:')} ${name}: ${escapeForTerminal(problem?.message ?? '')}\n`;
  }
}

function rowOf(image: ImageItem, view: View, { digests, now }: ImagesLook): (Cell | string)[] {
  const { repository, tag, manifestDigest, created, sizeBytes, sharedBytes, problem } = image;
  return [
    shortText(repository ?? NONE),
    shortText(tag ?? NONE),
    ...(digests ? [manifestDigest] : []),
    { text: idOf(image, view), ...(problem === null ? {} : { paint: view.colours.red }) },
    created === null ? 'N/A' : shortText(ago(created, now) || created),
    view.bytes(sizeBytes),
    view.bytes(sharedBytes),
  ];
}

/** Renders only the ids, one a line. */
export function* renderImageIds({ images }: ImagesDocument, view: View): Generator<string> {
  for (const image of images) yield `${idOf(image, view)}\n`;
}

/** Returns the id as docker shows it: the digest of the config, or of the manifest if the config cannot be read. */
function idOf({ id, manifestDigest }: ImageItem, view: View): string {
  const digest = id ?? manifestDigest;
  return view.truncate ? shortDigest(digest) : digest;
}
