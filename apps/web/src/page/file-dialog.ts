import { button, element, save } from './dom.js';
import { failureView } from './problem-view.js';
import { bytesText, visible } from './text.js';

const MOST_TEXT_BYTES = 256 * 1024;
const MOST_HEX_BYTES = 16 * 1024;
const ROW_BYTES = 16;

/** A file that a layer stores, as the user chose it. */
export interface ShownFile {
  /** Bytes, without a slash before it. */
  readonly path: Uint8Array;
  readonly layer: number;
}

type Read = (file: ShownFile) => Promise<Blob>;

/** Shows the start of a file as text, or in hexadecimal, over the page. */
export function showFile(file: ShownFile, read: Read): void {
  const name = pathText(file);
  const content = element('div', {}, element('p', {}, 'Reading…'));
  const heading = element('h2', { id: 'file-name' }, name);
  const note = element('p', { className: 'facts' }, `layer ${file.layer}`);
  const saveButton = button('Save', () => undefined);
  const dialog = element('dialog', { className: 'file' });
  saveButton.disabled = true;
  dialog.append(
    heading,
    note,
    content,
    element(
      'p',
      { className: 'choices' },
      saveButton,
      button('Close', () => dialog.close()),
    ),
  );
  dialog.setAttribute('aria-labelledby', heading.id);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  void fill();

  async function fill(): Promise<void> {
    try {
      const blob = await read(file);
      const { view, shownBytes } = await contentView(blob);
      note.textContent = [
        `layer ${file.layer}`,
        bytesText(blob.size),
        ...(shownBytes === blob.size ? [] : [`the first ${bytesText(shownBytes)} are shown`]),
      ].join(', ');
      content.replaceChildren(view);
      saveButton.disabled = false;
      saveButton.onclick = () => save(blob, fileName(file));
    } catch (error) {
      content.replaceChildren(failureView(error));
    }
  }
}

/** Saves a file where the browser keeps downloads. Rejects with a Failure. */
export async function saveFile(file: ShownFile, read: Read): Promise<void> {
  save(await read(file), fileName(file));
}

/** A browser that saves a file takes nothing before a slash; Windows refuses control characters. */
function fileName(file: ShownFile): string {
  const path = pathText(file);
  return path.slice(path.lastIndexOf('/') + 1).replaceAll(/[\\:]/g, '_');
}

function pathText({ path }: ShownFile): string {
  return `/${visible(new TextDecoder().decode(path))}`;
}

async function contentView(blob: Blob): Promise<{ readonly view: HTMLElement; readonly shownBytes: number }> {
  const start = new Uint8Array(await blob.slice(0, MOST_TEXT_BYTES).arrayBuffer());
  const text = textOf(start);
  const view = element('pre', { tabIndex: 0 }, text ?? hexOf(start.subarray(0, MOST_HEX_BYTES)));
  view.setAttribute('aria-label', 'content');
  view.setAttribute('role', 'region');
  return { view, shownBytes: text === null ? Math.min(start.length, MOST_HEX_BYTES) : start.length };
}

/** Returns text in UTF-8, with controls escaped; null for other bytes. */
function textOf(bytes: Uint8Array): string | null {
  try {
    // The last character may be cut.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    if (text.includes('\0')) return null;
    return text
      .split(/\r?\n/)
      .map((line) => line.split('\t').map(visible).join('\t'))
      .join('\n');
  } catch {
    return null;
  }
}

function hexOf(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const part = [...bytes.subarray(at, at + ROW_BYTES)];
    const digits = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push(`${at.toString(16).padStart(8, '0')}  ${digits.padEnd(ROW_BYTES * 3)} ${text}`);
  }
  return rows.join('\n');
}
