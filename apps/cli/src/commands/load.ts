import { type LoadedImage, loadImages } from '@layers/store/load';
import { usageError } from '../command-error.js';
import { loadDocument } from '../documents/load.js';
import type { ExitStatus } from '../exit-status.js';
import type { LoadFlags } from '../flags/load-flags.js';
import { isReadOnce } from '../input/decompressed-input.js';
import { withInputs } from '../input/inputs.js';
import { type ChosenImages, chosenImages, loadInput, openWholeArchive } from '../input/load-input.js';
import { artifactsNote, platformsNote } from '../input/load-platforms.js';
import type { Opened } from '../input/reading.js';
import { heldLease, userStore } from '../input/stored-input.js';
import { undamagedImages } from '../input/undamaged-images.js';
import { escapeForTerminal } from '../output/escape.js';
import { renderLoad } from '../render/load.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';
import { findLeftOutAttestations } from '../write/attestation-findings.js';
import { printWarnings, reportTags, taggedImages } from '../write/tag-findings.js';
import { withWriteProgress } from '../write/write-progress.js';

/** Runs `layers load`: loads images of an archive into the local store, or into a Docker Engine. */
export async function load(
  file: string | undefined,
  flags: LoadFlags,
  session: Session,
): Promise<ExitStatus> {
  if (file !== undefined && flags.input !== undefined) {
    throw usageError(`two inputs are named: ${file} and ${flags.input}`, 'load them one after the other');
  }
  const name = file ?? flags.input ?? '-';
  if (flags.to !== undefined) {
    const { loadIntoDaemon } = await import('./load-daemon.js');
    return loadIntoDaemon(name, flags, session);
  }
  const input = loadInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    // The temporary copy is in the store then: on its disk, and cleaned up even if the process is killed.
    const directory = isReadOnce(input) ? heldLease(userStore(session, true), inputs).directory : null;
    return putInto(await openWholeArchive(input, directory, flags, inputs), flags, session);
  });
}

async function putInto(opened: Opened, flags: LoadFlags, session: Session): Promise<ExitStatus> {
  const choice = { ...flags, keepsIndexes: opened.archive.reader.seekable };
  const chosen = await chosenImages(opened, choice);
  const platforms = opened.input.image === undefined ? platformsNote(opened.archive.images, choice) : null;
  for (const note of [platforms, artifactsNote(opened)]) {
    if (note !== null && flags.quiet !== true) session.stderr.write(`note: ${escapeForTerminal(note)}\n`);
  }
  const store = userStore(session, true);
  const { signal } = session;
  const write = ({ images }: ChosenImages): Promise<readonly LoadedImage[]> =>
    withWriteProgress(flags, session, ({ onProgress }) => loadImages(store, images, { signal, onProgress }));
  let written = chosen;
  let loaded: readonly LoadedImage[];
  try {
    loaded = await write(chosen);
  } catch (error) {
    written = await undamagedImages(chosen, error, signal);
    loaded = await write(written);
  }
  const { images, read, findings: found, isIncomplete } = written;
  const descriptions = read.map(({ description }) => description);
  const aboutTags = await reportTags(taggedImages(images, descriptions), 'store', flags, session);
  const aboutAttestations = findLeftOutAttestations(
    images.flatMap(({ index, manifest }, i) => {
      const description = descriptions[i];
      const isLost = description !== undefined && (index === undefined || index.original === null);
      return isLost ? [{ description, isChanged: manifest === null }] : [];
    }),
  );
  await printWarnings(aboutAttestations, flags, session);
  const findings = [...found, ...aboutTags, ...aboutAttestations];
  const document = loadDocument(store.path, opened.archive.source, loaded, findings);
  return present(
    {
      document,
      render: () => renderLoad(document),
      showsFindings: false,
      warnings: found,
      isFailure: () => isIncomplete,
    },
    flags,
    session,
  );
}
