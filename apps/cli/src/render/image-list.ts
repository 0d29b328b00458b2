import type { ImageListDocument, ImageListItem } from '@layers/core/analysis';
import type { ArchiveListDocument } from '../documents/image-sets.js';
import { escapeForTerminal } from '../output/escape.js';
import { shortDigest } from '../output/format.js';
import { platformText } from '../output/platform-text.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { renderFailures } from './inspect-list.js';

/** Renders the images of an archive, with the numbers that `--image` takes. */
export function* renderImageList(document: ImageListDocument, view: View): Generator<string> {
  yield* table(
    view,
    COLUMNS,
    document.images.map((image) => imageRow(image, view)),
  );
  yield* findingsSection(document.findings, view);
}

/** Renders the images of several archives, and the inputs that could not be read. */
export function* renderArchiveList(
  { archives, failures, skipped }: ArchiveListDocument,
  view: View,
): Generator<string> {
  const columns = [...COLUMNS, { title: 'archive', cut: 'middle', least: 16 }] as const;
  const rows = archives.flatMap(({ source, images }) =>
    images.map((image) => [...imageRow(image, view), escapeForTerminal(source.path)]),
  );
  yield* table(view, columns, rows);
  yield* renderFailures(failures, skipped, view);
  yield* findingsSection(
    archives.flatMap(({ findings }) => findings),
    view,
  );
}

const COLUMNS = [
  { title: '#' },
  { title: 'image', cut: 'middle', least: 24 },
  { title: 'platform' },
  { title: 'id' },
  { title: 'digest', omit: 3 },
  { title: 'layers', align: 'right' },
  { title: 'stored', align: 'right', omit: 2 },
  { title: '', cut: 'end', omit: 1 },
] as const;

function imageRow(image: ImageListItem, view: View): (Cell | string)[] {
  const { number, id, manifestDigest, tags, platform, layers, storedBytes, artifact, problem } = image;
  const what: Cell =
    problem === null
      ? { text: escapeForTerminal(artifact ?? '') }
      : { text: 'unreadable', paint: view.colours.red };
  return [
    number,
    tags.length === 0 ? 'untagged' : tags.map((tag) => shortText(tag)).join(', '),
    platform === null ? '' : platformText(platform),
    digestText(id, view),
    digestText(manifestDigest, view),
    String(layers),
    storedBytes === null ? '?' : view.bytes(storedBytes),
    what,
  ];
}

function digestText(digest: string | null, view: View): string {
  return digest === null ? '' : escapeForTerminal(view.truncate ? shortDigest(digest) : digest);
}
