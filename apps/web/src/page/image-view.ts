import type { InspectDocument } from '@layers/core/analysis';
import type { Item } from '../messages/messages.js';
import { button, element, save, table } from './dom.js';
import type { Engine } from './engine.js';
import { fileView } from './file-view.js';
import { bytesText, counted, visible } from './text.js';
import { treeView } from './tree-view.js';

/** Shows an image: what it has in total, its layers, its waste and its files. `json` is the document of the command. */
export function imageView(json: string, engine: Engine): HTMLElement {
  const document: InspectDocument = JSON.parse(json);
  const { image, totals, layers, waste, findings, source } = document;
  const view = element('article', {}, element('h2', {}, visible(image.tags[0] ?? image.id ?? source.path)));
  const total = [
    `${counted(layers.length, 'layer')}, ${bytesText(totals.rootfsBytes)} of files`,
    `${bytesText(totals.wastedBytes)} wasted`,
  ];
  view.append(element('p', { className: 'totals' }, total.join(', ')));
  view.append(
    button('Save as JSON', () => save(new Blob([json], { type: 'application/json' }), 'inspect.json')),
  );
  if (findings.length > 0) {
    const lines = findings.map(({ code, message }) =>
      element('li', {}, `${visible(message)} `, element('code', {}, code)),
    );
    view.append(
      element(
        'section',
        { className: 'findings' },
        element('h3', {}, 'Findings'),
        element('ul', {}, ...lines),
      ),
    );
  }
  view.append(
    table(
      'Layers',
      ['Layer', 'Files', 'Added', 'Wasted', 'Digest', 'Instruction'],
      layers.map((layer) => [
        String(layer.layer),
        layer.entries.toLocaleString('en'),
        bytesText(layer.contentBytes),
        bytesText(layer.wastedBytes),
        element(
          'code',
          { title: layer.digest ?? layer.diffId ?? '' },
          shortDigest(layer.digest ?? layer.diffId),
        ),
        visible(layer.instruction ?? ''),
      ]),
    ),
  );
  if (waste.length > 0) {
    view.append(
      table(
        'Largest wasted files',
        ['Path', 'Wasted', 'Cause'],
        waste.map((item) => [visible(item.path), bytesText(item.sizeBytes), visible(item.cause)]),
      ),
    );
  }
  view.append(filesView(engine));
  return view;
}

function filesView(engine: Engine): HTMLElement {
  const shown = element('div', { className: 'shown' });
  let latest: Item | null = null;
  const onFile = async (item: Item): Promise<void> => {
    latest = item;
    const file = await fileView(item, engine);
    if (latest !== item) return;
    shown.replaceChildren(file);
    shown.scrollIntoView({ block: 'nearest' });
  };
  const tree = treeView(engine, (item) => void onFile(item));
  return element(
    'section',
    {},
    element('h3', {}, 'Files'),
    element('div', { className: 'files' }, tree, shown),
  );
}

function shortDigest(digest: string | null): string {
  return digest === null ? '' : digest.slice(digest.indexOf(':') + 1).slice(0, 12);
}
