import { imageListDocument } from '@layers/core/analysis';
import type { Archive, ImageDescription } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import { type Choice, ListChooser } from '@layers/explorer';
import picocolors from 'picocolors';
import { usageError } from '../command-error.js';
import { chooseImage, type ImageChoice, type Input } from '../input/open-input.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';
import { renderImageList } from '../render/image-list.js';
import type { Session } from '../session.js';
import { formatOf } from './format.js';
import { knownImageLines, knownImages } from './known-images.js';
import type { Stage } from './stage.js';

/** Returns the image that the arguments name, or that the user chooses where there are several. */
export async function chosenImage(
  archive: Archive,
  input: Input,
  choice: ImageChoice,
  shownIn: View,
  stage: Stage,
): Promise<ImageDescription> {
  try {
    return chooseImage(archive, input, choice, true);
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_IMAGE_AMBIGUOUS') throw error;
  }
  const view = rowView(shownIn, stage);
  const document = { ...imageListDocument(archive), findings: [] };
  const [header = '', ...rows] = [...renderImageList(document, view)].join('').trimEnd().split('\n');
  const title = `${escapeForTerminal(archive.source.path)}: ${rows.length} images`;
  return chosenRow(new ListChooser(title, header, rows, formatOf(view)), stage, (row) =>
    chooseImage(archive, { ...input, image: document.images[row]?.number }, choice, true),
  );
}

/**
 * Returns the name of an image of the store or of a Docker Engine that the user chooses.
 *
 * @throws LayersError ERR_LAYERS_USAGE if there is none
 */
export async function chosenName(shownIn: View, session: Session, stage: Stage): Promise<string> {
  const view = rowView(shownIn, stage);
  const known = await knownImages(view, session, Date.now());
  const { images, problems } = known;
  if (images.length === 0) {
    const why =
      problems.length === 0 ? 'the store is empty, and no Docker Engine has any' : problems.join('; ');
    throw usageError(
      `there is no image to choose: ${why}`,
      'name an archive or an image: layers explore app.tar',
    );
  }
  const [header = '', ...rows] = knownImageLines(known, view);
  const title = [`${counted(images.length, 'image')} to explore`, ...problems].join('  ');
  return chosenRow(
    new ListChooser(title, header, rows, formatOf(view)),
    stage,
    (row) => images[row]?.name ?? '',
  );
}

/** Returns how rows are rendered: without colors, since lines are truncated, also in the middle of an escape sequence. */
function rowView(view: View, { display }: Stage): View {
  return { ...view, colours: picocolors.createColors(false), width: display.columns - 2 };
}

/** Returns what the user chooses. `choose` may throw a LayersError for a row that cannot be chosen. */
function chosenRow<T>(chooser: ListChooser, stage: Stage, choose: (row: number) => T): Promise<T> {
  return new Promise((resolve) => {
    const redraw = (): void =>
      stage.display.show({
        isIdle: true,
        frame: (columns, rows) => chooser.frame(columns, rows),
        read: () => chooser.read(),
      });
    const perform = (wanted: Choice): void => {
      if (wanted === 'quit' || wanted === 'interrupt') stage.leave(wanted);
      else if (wanted === 'suspend') stage.display.suspend();
      else if (wanted === 'choose') {
        try {
          resolve(choose(chooser.row));
          return;
        } catch (error) {
          if (!isLayersError(error)) throw error;
          chooser.showMessage(escapeForTerminal(error.message));
        }
      }
      redraw();
    };
    stage.show({
      onKey: (key) => perform(chooser.update(key)),
      onMouse: (mouse) => perform(chooser.mouse(mouse)),
      redraw,
    });
  });
}
