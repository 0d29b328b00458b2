import type { Progress } from '../messages/messages.js';
import { button, element } from './dom.js';
import { bytesText } from './text.js';

/** What is being read, how far it is, and a button to stop. */
export class Status {
  readonly view: HTMLElement;
  readonly #doing = element('span');
  readonly #bar = element('progress');
  readonly #amount = element('span');

  constructor(onCancel: () => void) {
    this.#bar.setAttribute('aria-label', 'bytes read');
    this.view = element(
      'div',
      { className: 'status', hidden: true },
      this.#doing,
      this.#bar,
      this.#amount,
      button('Cancel', onCancel),
    );
  }

  start(doing: string): void {
    this.#doing.textContent = doing;
    this.#bar.removeAttribute('value');
    this.#amount.textContent = '';
    this.view.hidden = false;
  }

  update({ doneBytes, totalBytes }: Progress): void {
    if (totalBytes === null || totalBytes === 0) return;
    this.#bar.max = totalBytes;
    this.#bar.value = doneBytes;
    this.#amount.textContent = `${bytesText(doneBytes)} of ${bytesText(totalBytes)}`;
  }

  stop(): void {
    this.view.hidden = true;
  }
}
