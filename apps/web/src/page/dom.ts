type Child = Node | string;

/** Creates an element. Text is added as text, never as markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Creates a button. */
export function button(label: string, onClick: () => void): HTMLButtonElement {
  return element('button', { type: 'button', onclick: onClick }, label);
}

/** Creates a table with a caption. Cells of numbers are aligned to the right. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))));
  const made = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, head),
    element('tbody', {}, ...body),
  );
  const scroll = element('div', { className: 'scroll', tabIndex: 0 }, made);
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', caption);
  return scroll;
}

/** Offers a file to save. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  element('a', { href: url, download: name }).click();
  // The browser reads the Blob after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
