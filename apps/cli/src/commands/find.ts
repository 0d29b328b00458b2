import { findDocument } from '@layers/insight/find';
import type { ExitStatus } from '../exit-status.js';
import { type FindFlags, findConditions } from '../flags/find-flags.js';
import { layerPosition } from '../flags/layer-flag.js';
import { withImage } from '../input/inputs.js';
import { renderFind } from '../render/find.js';
import { present } from '../render/present.js';
import type { Session } from '../session.js';

/** Runs `layers find`: finds paths in all layers, also deleted and overwritten ones. */
export function find(
  image: string,
  patterns: readonly string[],
  flags: FindFlags,
  session: Session,
): Promise<ExitStatus> {
  const conditions = findConditions(flags);
  return withImage(image, flags, session, { artifacts: true, reuses: true, lazy: true }, (read) => {
    const layer = flags.layer === undefined ? undefined : layerPosition(flags.layer, read);
    const { findings, matches, ...head } = findDocument(read, { ...conditions, patterns, layer });
    return present(
      {
        document: { ...head, matches, findings },
        items: matches,
        render: (view) => renderFind(matches, view),
        showsFindings: false,
        // Found again, since a reader such as `head` may have stopped before the first match.
        isFailure: () => matches[Symbol.iterator]().next().done === true,
      },
      flags,
      session,
    );
  });
}
