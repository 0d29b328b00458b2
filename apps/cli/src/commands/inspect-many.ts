import { analyse, type InspectDocument, inspectDocument, SCHEMA_VERSION } from '@layers/core/analysis';
import { type ImageDescription, readImage } from '@layers/core/image';
import { isLayersError, type LayersError } from '@layers/errors';
import type { InspectListDocument } from '../documents/image-sets.js';
import type { ExitStatus } from '../exit-status.js';
import type { InspectFlags } from '../flags/inspect-flags.js';
import { baseLayersOf } from '../input/base-layers.js';
import { readEach } from '../input/each-input.js';
import { type Inputs, withAnalysis, withInputs } from '../input/inputs.js';
import { findInput } from '../input/open-input.js';
import type { Opened } from '../input/reading.js';
import { ownWasteOf, renderInspectList } from '../render/inspect-list.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';

/** Runs `layers inspect` for several images: a line each, the most wasteful first. */
export async function inspectMany(
  names: readonly string[],
  flags: InspectFlags,
  session: Session,
): Promise<ExitStatus> {
  const { results, failures, skipped } = await readEach(names, (name, fail) =>
    flags.all === true ? everyImage(name, flags, session, fail) : oneImage(name, flags, session),
  );
  const images = [...results].sort((a, b) => ownWasteOf(b) - ownWasteOf(a));
  const document: InspectListDocument = {
    schemaVersion: SCHEMA_VERSION,
    images,
    failures,
    skipped,
    findings: [],
  };
  return present(
    {
      document,
      items: images,
      render: (view) => renderInspectList(document, view),
      showsFindings: true,
      isFailure: () => failures.length > 0 || images.some(isDamaged),
    },
    flags,
    session,
  );
}

function isDamaged({ findings }: InspectDocument): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function oneImage(name: string, flags: InspectFlags, session: Session): Promise<readonly InspectDocument[]> {
  const { top, base, verify = false } = flags;
  return withAnalysis(name, flags, session, { verify }, async (analysis, inputs) => {
    const baseLayers = await baseLayersOf(analysis.image, base, inputs);
    return [inspectDocument(analysis, { top, baseLayers })];
  });
}

/** Reads every image of an archive, and every platform of an image of the store or a registry. */
function everyImage(
  name: string,
  flags: InspectFlags,
  session: Session,
  fail: (error: LayersError) => void,
): Promise<readonly InspectDocument[]> {
  const { verify = false } = flags;
  const choice = { ...flags, allPlatforms: true };
  const input = findInput(name, choice, session);
  return withInputs(flags, session, async (inputs) => {
    const opened = await inputs.open(input, choice, { verify, reuses: true });
    const documents: InspectDocument[] = [];
    for (const description of opened.archive.images) {
      try {
        documents.push(await documentOf(opened, description, flags, inputs));
      } catch (error) {
        if (!isLayersError(error)) throw error;
        fail(error);
      }
    }
    for (const { error } of opened.archive.unreadable) fail(error);
    opened.endProgress();
    return documents;
  });
}

async function documentOf(
  { archive, options }: Opened,
  description: ImageDescription,
  { top, base }: InspectFlags,
  inputs: Inputs,
): Promise<InspectDocument> {
  const image = await readImage(archive, description, options);
  const baseLayers = await baseLayersOf(image, base, inputs);
  return inspectDocument(analyse(image), { top, baseLayers });
}
