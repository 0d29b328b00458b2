import { SCHEMA_VERSION } from '@layers/core/analysis';
import { writeImages } from '@layers/rewrite/archive';
import type { WrittenImage } from '@layers/rewrite/image';
import { daemonEndpoint, loadIntoDaemon as send } from '@layers/store/daemon';
import { usageError } from '../command-error.js';
import type { LoadDaemonDocument } from '../documents/load.js';
import { savedImage } from '../documents/save.js';
import type { ExitStatus } from '../exit-status.js';
import type { LoadFlags } from '../flags/load-flags.js';
import { withInputs } from '../input/inputs.js';
import { chosenImages, loadInput, openWholeArchive } from '../input/load-input.js';
import { artifactsNote, platformsNote } from '../input/load-platforms.js';
import { escapeForTerminal } from '../output/escape.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';
import { findLeftOutAttestations } from '../write/attestation-findings.js';
import { printWarnings, reportTags, taggedImages } from '../write/tag-findings.js';
import { withWriteProgress } from '../write/write-progress.js';

/** Runs `layers load --to docker-daemon`: loads images of any archive, in a format that every Docker Engine accepts. */
export function loadIntoDaemon(name: string, flags: LoadFlags, session: Session): Promise<ExitStatus> {
  if (flags.to !== 'docker-daemon' && flags.to !== 'docker-daemon:') {
    throw usageError(
      `images cannot be loaded into ${JSON.stringify(flags.to)}`,
      'write --to docker-daemon; without --to images are loaded into the local store',
    );
  }
  const endpoint = daemonEndpoint(session.env);
  const input = loadInput(name, flags, session);
  return withInputs(flags, session, async (inputs) => {
    const opened = await openWholeArchive(input, null, flags, inputs);
    const { images, read, findings: found, isIncomplete } = await chosenImages(opened, flags);
    const platforms = input.image === undefined ? platformsNote(opened.archive.images, flags) : null;
    for (const note of [platforms, artifactsNote(opened)]) {
      if (note !== null && flags.quiet !== true) session.stderr.write(`note: ${escapeForTerminal(note)}\n`);
    }
    const descriptions = read.map(({ description }) => description);
    const aboutTags = await reportTags(taggedImages(images, descriptions), 'hybrid', flags, session);
    const aboutAttestations = findLeftOutAttestations(
      images.flatMap(({ manifest }, i) => {
        const description = descriptions[i];
        return description === undefined ? [] : [{ description, isChanged: manifest === null }];
      }),
    );
    await printWarnings(aboutAttestations, flags, session);
    const { signal } = session;
    let written: readonly WrittenImage[] = [];
    const { lines } = await withWriteProgress(flags, session, ({ onProgress }) =>
      send(
        endpoint,
        async (write) => {
          const options = {
            format: 'hybrid',
            signal,
            onProgress,
          } as const;
          written = await writeImages(images, { kind: 'stream', write }, options);
        },
        { signal },
      ),
    );
    const document: LoadDaemonDocument = {
      schemaVersion: SCHEMA_VERSION,
      daemon: { host: endpoint.host },
      source: opened.archive.source,
      images: written.map(savedImage),
      lines,
      findings: [...found, ...aboutTags, ...aboutAttestations],
    };
    return present(
      {
        document,
        render: () => document.lines.map((line) => `${escapeForTerminal(line)}\n`),
        showsFindings: false,
        warnings: found,
        isFailure: () => isIncomplete,
      },
      flags,
      session,
    );
  });
}
