import { SCHEMA_VERSION } from '@layers/core/analysis';
import { DEFAULT_CACHE_BYTES } from '@layers/core/image';
import { type KeptFile, KeptFiles } from '@layers/core/io';
import { usageError } from '../command-error.js';
import type { CacheInfoDocument, CachePruneDocument } from '../documents/cache.js';
import type { ExitStatus } from '../exit-status.js';
import { parseDuration } from '../flags/parse-duration.js';
import { layerCacheDirectory } from '../input/cache-directory.js';
import { renderCacheInfo, renderCachePrune } from '../render/cache.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface CacheFlags extends ImageFlags {
  readonly unused?: string;
  readonly dryRun?: boolean;
}

/** Runs `layers cache`: shows the cache of indexes, or empties it. */
export function cache(action: 'info' | 'prune', flags: CacheFlags, session: Session): Promise<ExitStatus> {
  if (action === 'prune') return prune(flags, session);
  if (flags.unused !== undefined || flags.dryRun === true)
    throw usageError('cache info excludes --unused and --dry-run', 'type layers cache prune --dry-run');
  return info(flags, session);
}

function info(flags: CacheFlags, session: Session): Promise<ExitStatus> {
  const path = layerCacheDirectory(session.env);
  const files = filesIn(path);
  const document: CacheInfoDocument = {
    schemaVersion: SCHEMA_VERSION,
    path,
    files: files.length,
    sizeBytes: sizeOf(files),
    limitBytes: DEFAULT_CACHE_BYTES,
    findings: [],
  };
  return present(
    { document, render: (view) => renderCacheInfo(document, view), showsFindings: true },
    flags,
    session,
  );
}

function prune(flags: CacheFlags, session: Session): Promise<ExitStatus> {
  const path = layerCacheDirectory(session.env);
  const before = flags.unused === undefined ? null : Date.now() - parseDuration(flags.unused) * 1000;
  const files = filesIn(path).filter(({ usedMs }) => before === null || usedMs < before);
  const dryRun = flags.dryRun ?? false;
  if (path !== null && !dryRun) new KeptFiles(path).removeAll(files);
  const document: CachePruneDocument = {
    schemaVersion: SCHEMA_VERSION,
    path,
    dryRun,
    removedFiles: files.length,
    reclaimedBytes: sizeOf(files),
    findings: [],
  };
  return present(
    { document, render: (view) => renderCachePrune(document, view), showsFindings: true },
    flags,
    session,
  );
}

/** Returns what the cache keeps. Other files are left alone: the directory may be any one that the user named. */
function filesIn(path: string | null): readonly KeptFile[] {
  return path === null ? [] : new KeptFiles(path).list((name) => OWN.test(name));
}

/** An index, or a temporary file of a process that was killed. */
const OWN = /^(?:[0-9a-f]{40}\.index|\.[0-9a-f]{18}\.partial)$/;

function sizeOf(files: readonly KeptFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
