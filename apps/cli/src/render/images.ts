import type { ImageItem, ImagesDocument } from '../documents/images.js';
import { ago } from '../output/ago.js';
import { escapeForTerminal } from '../output/escape.js';
import { setTime, shortDigest } from '../output/format.js';
import { platformText } from '../output/platform-text.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { type ImageLine, imageLines } from './image-lines.js';

export interface ImagesLook {
  /** Whether there is a column of the digests of manifests. */
  readonly digests: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const NONE = '<none>';

/** Renders the table of docker images, with the bytes that an image shares with others; a line for all platforms of a name. */
export function* renderImages({ images }: ImagesDocument, view: View, look: ImagesLook): Generator<string> {
  const lines = imageLines(images);
  const hasSeveral = lines.some(({ platforms }) => platforms.length > 1);
  const columns = [
    { title: 'REPOSITORY' },
    { title: 'TAG' },
    ...(look.digests ? [{ title: 'DIGEST' }] : []),
    { title: 'IMAGE ID' },
    ...(hasSeveral ? [{ title: 'PLATFORMS' }] : []),
    { title: 'CREATED' },
    { title: 'SIZE', align: 'right' },
    { title: 'SHARED', align: 'right' },
  ] as const;
  const rows = lines.map((line) => rowOf(line, view, look, hasSeveral));
  if (rows.length > 0) yield* table(view, columns, rows);
  else yield `${columns.map(({ title }) => view.colours.dim(title)).join('  ')}\n`;
  const broken = images.filter(({ problem }) => problem !== null);
  for (const { reference, manifestDigest, problem } of broken) {
    const name = shortText(reference ?? manifestDigest);
    yield `${view.colours.red('damaged:')} ${name}: ${escapeForTerminal(problem?.message ?? '')}\n`;
  }
}

function rowOf(
  line: ImageLine,
  view: View,
  { digests, now }: ImagesLook,
  hasSeveral: boolean,
): (Cell | string)[] {
  const { repository, tag, digest, created, sizeBytes, sharedBytes, platforms, isDamaged } = line;
  const time = setTime(created);
  return [
    shortText(repository ?? NONE),
    shortText(tag ?? NONE),
    ...(digests ? [digest] : []),
    { text: idOf(line, view), ...(isDamaged ? { paint: view.colours.red } : {}) },
    ...(hasSeveral ? [platforms.map(shownPlatform).join(', ')] : []),
    time === null ? 'N/A' : shortText(ago(time, now) || time),
    view.bytes(sizeBytes),
    view.bytes(sharedBytes),
  ];
}

function shownPlatform(platform: ImageItem['platform']): string {
  return platform === null ? '?' : platformText(platform);
}

/** Renders only the ids, one a line. */
export function* renderImageIds({ images }: ImagesDocument, view: View): Generator<string> {
  for (const line of imageLines(images)) yield `${idOf(line, view)}\n`;
}

/** Returns the id as docker shows it. */
function idOf({ id }: ImageLine, view: View): string {
  return view.truncate ? shortDigest(id) : id;
}
