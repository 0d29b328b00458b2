import type { ImageListDocument, ImageListItem } from '@layers/core/analysis';
import { escapeForTerminal } from '../output/escape.js';
import { shortDigest } from '../output/format.js';
import { platformText } from '../output/platform-text.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';

/** Renders the images of an archive, with the numbers that `--image` takes. */
export function* renderImageList(document: ImageListDocument, view: View): Generator<string> {
  const columns = [
    { title: '#' },
    { title: 'image', cut: 'middle', least: 24 },
    { title: 'platform' },
    { title: 'id' },
    { title: 'layers', align: 'right' },
    { title: '', cut: 'end', omit: 1 },
  ] as const;
  yield* table(
    view,
    columns,
    document.images.map((image) => imageRow(image, view)),
  );
  yield* findingsSection(document.findings, view);
}

function imageRow(image: ImageListItem, view: View): (Cell | string)[] {
  const { number, id, manifestDigest, tags, platform, layers, artifact, problem } = image;
  const digest = id ?? manifestDigest;
  const what: Cell =
    problem === null
      ? { text: escapeForTerminal(artifact ?? '') }
      : { text: 'unreadable', paint: view.colours.red };
  return [
    number,
    tags.length === 0 ? 'untagged' : tags.map((tag) => shortText(tag)).join(', '),
    platform === null ? '' : platformText(platform),
    digest === null ? '' : escapeForTerminal(view.truncate ? shortDigest(digest) : digest),
    String(layers),
    what,
  ];
}
