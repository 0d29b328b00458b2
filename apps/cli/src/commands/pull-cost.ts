import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import { type ReadImage, readPair } from '@layers/core/image';
import {
  type PullCostDocument,
  type PullOptions,
  type PullSide,
  type PullUpdate,
  pullUpdate,
} from '@layers/insight/pull-cost';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import { describeImage } from '../input/describe-image.js';
import { withInputs } from '../input/inputs.js';
import { openPair } from '../input/read-pair.js';
import { registryName } from '../input/registry-input.js';
import { present } from '../render/present.js';
import { renderPullCost } from '../render/pull-cost.js';
import type { ImageFlags, Session } from '../session.js';

export interface PullCostFlags extends ImageFlags {
  readonly layers?: boolean;
  readonly gzip?: boolean;
}

/** An update with the findings about both images. */
interface Computed {
  readonly update: PullUpdate;
  readonly findings: readonly Finding[];
}

/** Runs `layers pull-cost`: shows what a host that has one image transfers to get the next one. */
export async function pullCost(
  first: string,
  others: readonly string[],
  flags: PullCostFlags,
  session: Session,
): Promise<ExitStatus> {
  const names = [first, ...others];
  if (names.filter((name) => name === '-').length > 1) {
    throw usageError(
      'two images are standard input, which can be read only once',
      'name files for the others',
    );
  }
  const updates: PullUpdate[] = [];
  const findings: Finding[] = [];
  for (const [i, b] of others.entries()) {
    const computed = await updateBetween(names[i] ?? first, b, flags, session);
    updates.push(computed.update);
    findings.push(...computed.findings);
  }
  const document: PullCostDocument = { schemaVersion: SCHEMA_VERSION, updates, findings };
  return present(
    { document, items: updates, render: (view) => renderPullCost(document, view), showsFindings: true },
    flags,
    session,
  );
}

/** Reads the layers of both images, unless a registry would have to send them. */
function updateBetween(a: string, b: string, flags: PullCostFlags, session: Session): Promise<Computed> {
  const options: PullOptions = { gzip: flags.gzip, signal: session.signal };
  return withInputs(flags, session, async (inputs) => {
    if (flags.layers !== true && (registryName(a) !== null || registryName(b) !== null)) {
      const [sideA, sideB] = [await described(a), await described(b)];
      const update = await pullUpdate(sideA, sideB, options);
      return { update, findings: [sideA, sideB].flatMap(({ findings }) => findings) };
    }
    const pair = await openPair({ a, b }, { a: flags, b: flags }, { contents: true }, inputs);
    const images = await readPair(pair.a, pair.b, pair.options);
    const update = await pullUpdate(sideOf(images[0]), sideOf(images[1]), options);
    pair.endProgress();
    const findings = images.flatMap((image) => [
      ...image.archive.findings,
      ...image.description.findings,
      ...image.findings,
    ]);
    return { update, findings };

    async function described(name: string): Promise<PullSide & { readonly findings: readonly Finding[] }> {
      const { archive, description } = await describeImage(name, flags, inputs);
      const findings = [...archive.findings, ...description.findings];
      return { source: archive.source, description, read: null, findings };
    }
  });
}

function sideOf(read: ReadImage): PullSide {
  return { source: read.archive.source, description: read.description, read };
}
