import type { ReportData } from '@layers/report/data';
import { showReport } from '@layers/report/page';
import type { ChosenFile, ImagePlace, Inspected } from '../messages/messages.js';
import { archivesView, imagesOf } from './archives-view.js';
import { filesOfDrop, filesOfInput } from './choose.js';
import { button, element, save } from './dom.js';
import { type ShownFile, saveFile, showFile } from './file-dialog.js';
import { failureView } from './problem-view.js';
import { Reader } from './reader.js';
import { Status } from './status.js';

const chooser = element('input', { type: 'file', multiple: true, id: 'files', className: 'unseen' });
const directoryChooser = element('input', {
  type: 'file',
  webkitdirectory: true,
  id: 'directory',
  className: 'unseen',
});
const status = new Status(cancel);
const archives = element('div');
const problems = element('div');
const saveJson = button('Save as JSON', () =>
  save(
    new Blob([json], { type: 'application/json' }),
    report?.facts.comparison === null ? 'inspect.json' : 'diff.json',
  ),
);
const bar = element(
  'section',
  { className: 'archive-bar' },
  element('label', {}, 'Choose archives', chooser),
  element('label', {}, 'Choose a directory', directoryChooser),
  saveJson,
  status.view,
  archives,
  problems,
);
bar.setAttribute('aria-label', 'Image archives');
saveJson.hidden = true;
const welcome = element(
  'main',
  { className: 'welcome' },
  element('h1', {}, 'layers'),
  element('p', {}, 'Drop image archives or a directory here, or choose them above.'),
  element(
    'p',
    {},
    'The page shows what is in container images: what docker save or skopeo writes, OCI layouts, compressed or not. It reads them on this machine. Nothing leaves it.',
  ),
);
const shown = element('div', { id: 'report' });
document.body.append(bar, welcome, shown);

const reader = new Reader((progress) => status.update(progress));
/** The document and the report of what is shown. */
let json = '';
let report: ReportData | null = null;
let removeReport = (): void => undefined;
/** Increases with all that ends what was begun before. */
let turn = 0;

chooser.addEventListener('change', () => void open(filesOfInput(chooser)));
directoryChooser.addEventListener('change', () => void open(filesOfInput(directoryChooser)));
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
addEventListener('dragleave', () => document.body.classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  if (event.dataTransfer !== null) void filesOfDrop(event.dataTransfer).then(open);
});
// Works without a network once it was opened. A page of `file:` needs no network anyway.
if (location.protocol.startsWith('http')) void navigator.serviceWorker?.register('service-worker.js');

async function open(files: readonly ChosenFile[]): Promise<void> {
  if (files.length === 0) return;
  clear();
  archives.replaceChildren();
  const opened = await watched('Opening', () => reader.open(files));
  if (opened === null) return;
  archives.replaceChildren(
    archivesView(opened, { show: (place) => void inspect(place), compare: (a, b) => void compare(a, b) }),
  );
  if (imagesOf(opened).length === 1) archives.querySelector('button')?.click();
}

async function inspect(place: ImagePlace): Promise<void> {
  clear();
  const inspected = await watched('Reading layers', () => reader.inspect(place));
  if (inspected === null) return;
  begin(inspected, true);
  const whole = await watched('Reading contents', () => reader.ask({ do: 'study' }));
  if (whole !== null) report = whole;
  // What was read before an error stays.
  if (report !== null) show(report, false);
}

async function compare(a: ImagePlace, b: ImagePlace): Promise<void> {
  clear();
  const compared = await watched('Comparing', () => reader.compare(a, b));
  if (compared !== null) begin(compared, false);
}

function begin(read: Inspected, isPartial: boolean): void {
  json = read.json;
  saveJson.hidden = false;
  welcome.hidden = true;
  report = read.report;
  show(report, isPartial);
}

function show(data: ReportData, isPartial: boolean): void {
  const read = ({ path, layer }: ShownFile): Promise<Blob> => reader.ask({ do: 'file', path, layer });
  removeReport = showReport(data, shown, {
    isPartial,
    files: {
      view: (path, layer) => showFile({ path, layer }, read),
      save: (path, layer) => void saveFile({ path, layer }, read).catch(showProblem),
    },
  });
}

/** Forgets the image, and ends what is being read for it. */
function clear(): void {
  turn++;
  if (!status.view.hidden) reader.cancel();
  status.stop();
  json = '';
  // The address names paths of the image.
  if (report !== null) history.replaceState(null, '', location.pathname + location.search);
  report = null;
  saveJson.hidden = true;
  problems.replaceChildren();
  removeReport();
  welcome.hidden = false;
}

/** Stops reading. The archives stay, and the report where it is shown. */
function cancel(): void {
  turn++;
  reader.cancel();
  status.stop();
  if (report !== null) show(report, false);
}

function showProblem(error: unknown): void {
  problems.replaceChildren(failureView(error));
}

/** Shows the progress of work, or its error. Resolves to null where there is no result, or it is no longer wanted. */
async function watched<Result>(doing: string, work: () => Promise<Result>): Promise<Result | null> {
  const begun = turn;
  status.start(doing);
  try {
    const done = await work();
    return begun === turn ? done : null;
  } catch (error) {
    if (begun === turn) showProblem(error);
    return null;
  } finally {
    if (begun === turn) status.stop();
  }
}
