import type { ChosenFile, OpenedArchive, Progress } from '../messages/messages.js';
import { filesOfDrop, filesOfInput } from './choose.js';
import { button, element } from './dom.js';
import { Engine } from './engine.js';
import { imageView } from './image-view.js';
import { failureView, problemView } from './problem-view.js';
import { bytesText, counted, visible } from './text.js';

const chooser = element('input', { type: 'file', multiple: true, id: 'files' });
const directoryChooser = element('input', { type: 'file', webkitdirectory: true, id: 'directory' });
const drop = element(
  'section',
  { className: 'drop' },
  element('p', {}, 'Drop image archives or a directory here, or choose them:'),
  element('label', { htmlFor: 'files' }, 'Files', chooser),
  element('label', { htmlFor: 'directory' }, 'A directory', directoryChooser),
);
const bar = element('progress');
bar.setAttribute('aria-label', 'bytes read');
const amount = element('span');
const cancel = button('Cancel', () => start());
const status = element('div', { className: 'status', hidden: true }, bar, amount, cancel);
const archives = element('div', { className: 'archives' });
const result = element('div', { className: 'result' });
document.body.append(
  element(
    'header',
    {},
    element('h1', {}, 'layers'),
    element('p', {}, 'Shows what is in container images. They are read on this machine; nothing leaves it.'),
  ),
  element('main', {}, drop, status, archives, result),
);

let engine = new Engine(showProgress);

chooser.addEventListener('change', () => void open(filesOfInput(chooser)));
directoryChooser.addEventListener('change', () => void open(filesOfInput(directoryChooser)));
addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.classList.add('over');
});
addEventListener('dragleave', () => drop.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  if (event.dataTransfer !== null) void filesOfDrop(event.dataTransfer).then(open);
});
// Works without a network once it was opened. A page of `file:` needs no network anyway.
if (location.protocol.startsWith('http')) void navigator.serviceWorker?.register('service-worker.js');

/** Forgets what was read, and stops reading. */
function start(): void {
  engine.stop();
  engine = new Engine(showProgress);
  status.hidden = true;
  archives.replaceChildren();
  result.replaceChildren();
}

async function open(files: readonly ChosenFile[]): Promise<void> {
  if (files.length === 0) return;
  start();
  const opened = await watched((current) => current.ask({ do: 'open', files }));
  if (opened === null) return;
  archives.replaceChildren(...opened.map(archiveView));
  const images = opened.flatMap((archive, at) =>
    'images' in archive ? archive.images.map((_, image) => ({ archive: at, image })) : [],
  );
  const [only] = images;
  if (only !== undefined && images.length === 1) await inspect(only.archive, only.image);
}

function archiveView(archive: OpenedArchive, at: number): HTMLElement {
  const view = element('section', {}, element('h2', {}, visible(archive.name)));
  if ('problem' in archive) {
    view.append(problemView(archive.problem));
    return view;
  }
  const images = archive.images.map(({ id, tags, platform, layers }, image) => {
    const name = visible(tags[0] ?? id ?? `image ${image + 1}`);
    const about = ` ${platform ?? ''}, ${counted(layers, 'layer')}`;
    return element(
      'li',
      {},
      button(name, () => void inspect(at, image)),
      visible(about),
    );
  });
  view.append(element('ul', {}, ...images));
  return view;
}

async function inspect(archive: number, image: number): Promise<void> {
  result.replaceChildren();
  const json = await watched((current) => current.ask({ do: 'inspect', archive, image }));
  if (json !== null) result.replaceChildren(imageView(json, engine));
}

/** Shows the progress of work, or its error. Resolves to null where there is no result, or it is no longer wanted. */
async function watched<Result>(work: (current: Engine) => Promise<Result>): Promise<Result | null> {
  const current = engine;
  bar.removeAttribute('value');
  amount.textContent = '';
  status.hidden = false;
  try {
    const done = await work(current);
    return current === engine ? done : null;
  } catch (error) {
    if (current === engine) result.replaceChildren(failureView(error));
    return null;
  } finally {
    if (current === engine) status.hidden = true;
  }
}

function showProgress({ doneBytes, totalBytes }: Progress): void {
  bar.max = Math.max(1, totalBytes);
  bar.value = doneBytes;
  amount.textContent = `${bytesText(doneBytes)} of ${bytesText(totalBytes)}`;
}
