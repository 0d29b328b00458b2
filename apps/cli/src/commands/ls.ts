import { analyse, type ListedEntry, listEntries, listHead, lookUpList } from '@layers/core/analysis';
import type { Finding } from '@layers/core/findings';
import type { ExitStatus } from '../exit-status.js';
import { layerPosition } from '../flags/layer-flag.js';
import { withImage } from '../input/inputs.js';
import type { View } from '../output/view.js';
import { renderList } from '../render/list.js';
import { present, showsAllFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface ListFlags extends ImageFlags {
  readonly long?: boolean;
  readonly recursive?: boolean;
  readonly layer?: string;
  readonly digest?: boolean;
}

/** Runs `layers ls`: lists the merged file system, or the entries of one layer. */
export function ls(
  image: string,
  path: string | undefined,
  flags: ListFlags,
  session: Session,
): Promise<ExitStatus> {
  const { recursive = false, digest = false, long = false } = flags;
  return withImage(
    image,
    flags,
    session,
    { contents: digest, files: digest, lazy: !digest || !recursive, artifacts: true, reuses: true },
    async (read) => {
      const layer = flags.layer === undefined ? undefined : layerPosition(flags.layer, read);
      const shown = { long: long || digest, paths: recursive || layer !== undefined };
      const isWhole = recursive || digest || layer !== undefined || showsAllFindings(flags);
      // To merge all layers takes most of the time.
      const known = isWhole ? null : lookUpList(read, path ?? '/');
      if (known !== null) return list(known.found, { findings: known.findings });
      const analysis = analyse(read);
      const options = { path, recursive, layer, digest };
      const { findings, ...head } = listHead(analysis, options);
      // Generated while they are written: there may be millions.
      const entries = await listEntries(analysis, options);
      return list(entries, { ...head, entries, findings });

      function list<Document extends { readonly findings: readonly Finding[] }>(
        items: Iterable<ListedEntry>,
        document: Document,
      ): Promise<ExitStatus> {
        const render = (view: View) => renderList(items, shown, view);
        return present({ document, items, render, showsFindings: false }, flags, session);
      }
    },
  );
}
