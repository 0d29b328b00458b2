import { imageListDocument } from '@layers/core/analysis';
import type { Archive, ImageDescription } from '@layers/core/image';
import { isLayersError } from '@layers/errors';
import { ListChooser } from '@layers/explorer';
import picocolors from 'picocolors';
import { chooseImage, type ImageChoice, type Input } from '../input/open-input.js';
import { escapeForTerminal } from '../output/escape.js';
import type { View } from '../output/view.js';
import { renderImageList } from '../render/image-list.js';
import { formatOf } from './format.js';
import type { Screen } from './screen.js';
import type { Terminal } from './terminal.js';

/** Returns the image that the arguments name, or that the user chooses where there are several. */
export async function chosenImage(
  archive: Archive,
  input: Input,
  choice: ImageChoice,
  {
    terminal,
    view,
    show,
    end,
  }: {
    readonly terminal: Terminal;
    readonly view: View;
    /** Shows a screen, and gives it the keys. */
    readonly show: (screen: Screen) => void;
    readonly end: (how: 'quit' | 'interrupt') => void;
  },
): Promise<ImageDescription> {
  try {
    return chooseImage(archive, input, choice, true);
  } catch (error) {
    if (!isLayersError(error) || error.code !== 'ERR_LAYERS_IMAGE_AMBIGUOUS') throw error;
  }
  const document = { ...imageListDocument(archive), findings: [] };
  // Lines are truncated, also in the middle of an escape sequence.
  const plain = { ...view, colours: picocolors.createColors(false), width: terminal.columns - 2 };
  const [header = '', ...rows] = [...renderImageList(document, plain)].join('').trimEnd().split('\n');
  const title = `${escapeForTerminal(archive.source.path)}: ${rows.length} images`;
  const chooser = new ListChooser(title, header, rows, formatOf(view));
  return new Promise((resolve) => {
    const redraw = (): void => terminal.draw(chooser.frame(terminal.columns, terminal.rows));
    const perform = (wanted: ReturnType<ListChooser['update']>): void => {
      if (wanted === 'quit' || wanted === 'interrupt') end(wanted);
      else if (wanted === 'suspend') terminal.suspend();
      else if (wanted === 'choose') {
        try {
          const image = document.images[chooser.row]?.number;
          resolve(chooseImage(archive, { ...input, image }, choice, true));
          return;
        } catch (error) {
          if (!isLayersError(error)) throw error;
          chooser.showMessage(escapeForTerminal(error.message));
        }
      }
      redraw();
    };
    show({
      onKey: (key) => perform(chooser.update(key)),
      onMouse: (mouse) => perform(chooser.mouse(mouse)),
      redraw,
    });
  });
}
