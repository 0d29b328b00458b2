import { declaredHistoryDocument, type HistoryDocument } from '@layers/core/analysis';
import { describedImage } from '../input/described-input.js';
import { withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import { shortInstruction } from '../render/instruction.js';
import type { ImageFlags, Session } from '../session.js';

/** The longest description: a list of words still fits in a terminal. */
const DESCRIPTION_COLUMNS = 60;

/** Returns the layers of an image, each with its instruction after a tab. The layers are not read. */
export async function layersFor(
  [image = '', prefix = '']: readonly string[],
  session: Session,
): Promise<string[]> {
  // Standard input is the terminal.
  if (image === '' || image === '-') return [];
  const options: ImageFlags = { quiet: true, progress: false };
  const { history } =
    (await describedHistory(image, options, session)) ?? (await openedHistory(image, options, session));
  return history
    .flatMap(({ layer, instruction, comment }) =>
      layer === null ? [] : [{ layer: String(layer), text: instruction ?? comment ?? '' }],
    )
    .filter(({ layer }) => layer.startsWith(prefix))
    .reverse()
    .map(({ layer, text }) => (text === '' ? layer : `${layer}\t${shortened(text)}`));
}

/** The history of an image in a registry: its manifest and its config are fetched alone. */
async function describedHistory(
  image: string,
  options: ImageFlags,
  session: Session,
): Promise<HistoryDocument | null> {
  const described = await describedImage(image, options, session);
  return described === null ? null : declaredHistoryDocument(described.archive, described.description);
}

function openedHistory(image: string, options: ImageFlags, session: Session): Promise<HistoryDocument> {
  const input = findInput(image, options, session);
  return withInputs(options, session, async (inputs) => {
    const { archive } = await inputs.open(input, options, {});
    return declaredHistoryDocument(archive, chooseImage(archive, input, options));
  });
}

function shortened(text: string): string {
  const line = shortInstruction(text, '…');
  return line.length <= DESCRIPTION_COLUMNS ? line : `${line.slice(0, DESCRIPTION_COLUMNS - 1)}…`;
}
