import type { ImageLabel, ImagePlace, OpenedArchive } from '../messages/messages.js';
import { button, element } from './dom.js';
import { problemView } from './problem-view.js';
import { counted, visible } from './text.js';

const MOST_CHARACTERS = 200;

/** What the user wants to see. */
export interface Choices {
  show(place: ImagePlace): void;
  compare(a: ImagePlace, b: ImagePlace): void;
}

/** Lists archives with their images, and the errors of those that cannot be read. */
export function archivesView(archives: readonly OpenedArchive[], choices: Choices): HTMLElement {
  const list = element('ul', { className: 'archives' });
  for (const [at, archive] of archives.entries()) {
    const item = element('li', {}, element('b', {}, visible(archive.name)));
    if ('problem' in archive) item.append(problemView(archive.problem));
    else item.append(...imageButtons(archive, at, choices));
    list.append(item);
  }
  const images = imagesOf(archives);
  return images.length > 1 ? element('div', {}, list, pairChoice(images, choices)) : list;
}

/** Lets the user compare two images; at first, the first two. */
function pairChoice(images: readonly NamedPlace[], { compare }: Choices): HTMLElement {
  const selectOf = (side: number): HTMLSelectElement => {
    const options = images.map(({ name }) => element('option', {}, name));
    const select = element('select', {}, ...options);
    select.selectedIndex = side;
    select.ariaLabel = `image ${'AB'.charAt(side)}`;
    return select;
  };
  const [a, b] = [selectOf(0), selectOf(1)];
  const start = button('Compare', () => {
    const [placeA, placeB] = [images[a.selectedIndex], images[b.selectedIndex]];
    if (placeA === undefined || placeB === undefined) return;
    press(start);
    compare(placeA, placeB);
  });
  start.ariaPressed = 'false';
  return element('p', { className: 'pair' }, a, ' → ', b, start);
}

/** Marks the button of what is shown. */
function press(chosen: HTMLButtonElement): void {
  for (const other of document.querySelectorAll('.archive-bar [aria-pressed]')) other.ariaPressed = 'false';
  chosen.ariaPressed = 'true';
}

function imageButtons(
  { images }: Extract<OpenedArchive, { readonly images: unknown }>,
  archive: number,
  { show }: Choices,
): HTMLElement[] {
  return images.map((label, image) => {
    const choice = button(nameOf(label, image), () => {
      press(choice);
      show({ archive, image });
    });
    choice.ariaPressed = 'false';
    choice.append(element('small', {}, ` ${platformOf(label)}${counted(label.layers, 'layer')}`));
    return choice;
  });
}

function nameOf({ tags, id }: ImageLabel, image: number): string {
  return shortText(tags[0] ?? id ?? `image ${image + 1}`);
}

function platformOf({ platform }: ImageLabel): string {
  return platform === null ? '' : `${shortText(platform)}, `;
}

/** Names are short, but those of a hostile image. */
function shortText(text: string): string {
  return visible(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
}

/** An image, named so that a list of all images is clear. */
interface NamedPlace extends ImagePlace {
  readonly name: string;
}

/** Returns the images in the order of their buttons. */
export function imagesOf(archives: readonly OpenedArchive[]): NamedPlace[] {
  return archives.flatMap((opened, archive) =>
    'problem' in opened
      ? []
      : opened.images.map((label, image) => ({
          archive,
          image,
          name: [opened.name, nameOf(label, image), label.platform ?? ''].map(shortText).join(' '),
        })),
  );
}
