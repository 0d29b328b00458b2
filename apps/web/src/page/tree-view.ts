import type { Item } from '../messages/messages.js';
import { button, element } from './dom.js';
import type { Engine } from './engine.js';
import { failureView } from './problem-view.js';
import { bytesText, visible } from './text.js';

/** More rows at once make a page slow. */
const MOST_ROWS = 500;

/**
 * Shows a directory of the root file system, and those in it when they are opened.
 *
 * @param onFile called with a file that was chosen
 */
export function treeView(engine: Engine, onFile: (item: Item) => void): HTMLElement {
  const view = element('div', { className: 'tree' });
  void fill(view, new Uint8Array(), engine, onFile);
  return view;
}

async function fill(
  parent: HTMLElement,
  path: Uint8Array,
  engine: Engine,
  onFile: (item: Item) => void,
): Promise<void> {
  try {
    const items = await engine.ask({ do: 'list', path });
    const list = element('ul');
    parent.append(list);
    addRows(list, items, 0, engine, onFile);
  } catch (error) {
    parent.append(failureView(error));
  }
}

function addRows(
  list: HTMLElement,
  items: readonly Item[],
  from: number,
  engine: Engine,
  onFile: (item: Item) => void,
): void {
  const end = Math.min(items.length, from + MOST_ROWS);
  for (const item of items.slice(from, end)) list.append(row(item, engine, onFile));
  if (end === items.length) return;
  const more = element('li');
  const addMore = () => {
    more.remove();
    addRows(list, items, end, engine, onFile);
  };
  more.append(button(`Show more: ${items.length - end} left`, addMore));
  list.append(more);
}

function row(item: Item, engine: Engine, onFile: (item: Item) => void): HTMLElement {
  const name = visible(item.name);
  if (item.type === 'directory') {
    const directory = element('details', {}, element('summary', {}, `${name}/`));
    directory.addEventListener('toggle', () => void fill(directory, item.path, engine, onFile), {
      once: true,
    });
    return element('li', {}, directory);
  }
  const about = element('span', { className: 'about' }, aboutOf(item));
  if (item.type !== 'file') return element('li', {}, element('span', {}, name), about);
  return element(
    'li',
    {},
    button(name, () => onFile(item)),
    about,
  );
}

function aboutOf({ type, target, sizeBytes, layer }: Item): string {
  if (type === 'symlink') return `→ ${visible(target ?? '')}`;
  return type === 'file' ? `${bytesText(sizeBytes)}, layer ${layer}` : type;
}
