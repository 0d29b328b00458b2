import type { OpenedArchive } from '../messages/messages.js';
import { button, element } from './dom.js';
import { problemView } from './problem-view.js';
import type { ImagePlace } from './reader.js';
import { counted, visible } from './text.js';

const MOST_CHARACTERS = 200;

/** Lists archives with their images, and the errors of those that cannot be read. */
export function archivesView(
  archives: readonly OpenedArchive[],
  onChoose: (place: ImagePlace) => void,
): HTMLElement {
  const list = element('ul', { className: 'archives' });
  for (const [at, archive] of archives.entries()) {
    const item = element('li', {}, element('b', {}, visible(archive.name)));
    if ('problem' in archive) item.append(problemView(archive.problem));
    else item.append(...imageButtons(archive, at, onChoose));
    list.append(item);
  }
  return list;
}

function imageButtons(
  { images }: Extract<OpenedArchive, { readonly images: unknown }>,
  archive: number,
  onChoose: (place: ImagePlace) => void,
): HTMLElement[] {
  const buttons = images.map(({ id, tags, platform, layers }, image) => {
    const name = shortText(tags[0] ?? id ?? `image ${image + 1}`);
    const about = [...(platform === null ? [] : [shortText(platform)]), counted(layers, 'layer')];
    const choice = button(name, () => {
      for (const other of document.querySelectorAll('.archives button')) other.ariaPressed = 'false';
      choice.ariaPressed = 'true';
      onChoose({ archive, image });
    });
    choice.ariaPressed = 'false';
    choice.append(element('small', {}, ` ${about.join(', ')}`));
    return choice;
  });
  return buttons;
}

/** Names are short, but those of a hostile image. */
function shortText(text: string): string {
  return visible(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
}

/** Returns the images in the order of their buttons. */
export function imagesOf(archives: readonly OpenedArchive[]): ImagePlace[] {
  return archives.flatMap((archive, at) =>
    'images' in archive ? archive.images.map((_, image) => ({ archive: at, image })) : [],
  );
}
