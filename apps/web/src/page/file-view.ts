import type { Item } from '../messages/messages.js';
import { button, element, save } from './dom.js';
import type { Engine } from './engine.js';
import { failureView } from './problem-view.js';
import { bytesText, visible } from './text.js';

const MOST_TEXT_BYTES = 256 * 1024;
const MOST_HEX_BYTES = 16 * 1024;
const ROW_BYTES = 16;
const MEGABYTE = 1_000_000;
/** A file of this size is read only to save it. */
const MOST_VIEWED_BYTES = 256 * MEGABYTE;

/** Shows the start of a file as text, or in hexadecimal, and offers to save the file. */
export async function fileView(item: Item, engine: Engine): Promise<HTMLElement> {
  const name = visible(item.name);
  const heading = element('h3', {}, `${name} (${bytesText(item.sizeBytes)})`);
  const view = element('section', { className: 'file' }, heading);
  const read = () => engine.ask({ do: 'file', path: item.path });
  try {
    const blob = item.sizeBytes <= MOST_VIEWED_BYTES ? await read() : null;
    const onSave = async () => save(blob ?? (await read()), fileName(item.name));
    view.append(
      button(`Save ${name}`, () => void onSave().catch((error: unknown) => view.append(failureView(error)))),
    );
    if (blob !== null) view.append(await contentView(blob));
  } catch (error) {
    view.append(failureView(error));
  }
  return view;
}

/** A browser that saves a file takes nothing before a slash; Windows refuses control characters. */
function fileName(name: string): string {
  return visible(name).replaceAll(/[\\/:]/g, '_');
}

async function contentView(blob: Blob): Promise<HTMLElement> {
  const start = new Uint8Array(await blob.slice(0, MOST_TEXT_BYTES).arrayBuffer());
  const text = textOf(start);
  const shown = text ?? hexOf(start.subarray(0, MOST_HEX_BYTES));
  const shownBytes = text === null ? Math.min(start.length, MOST_HEX_BYTES) : start.length;
  const content = element('pre', { tabIndex: 0 }, shown);
  content.setAttribute('aria-label', 'content');
  content.setAttribute('role', 'region');
  if (shownBytes === blob.size) return content;
  return element('div', {}, content, element('p', {}, `the first ${bytesText(shownBytes)} are shown`));
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
