import { posix } from 'node:path';
import {
  type Analysis,
  allFindings,
  analyse,
  catFile,
  listEntries,
  lookUpFiles,
} from '@layers/core/analysis';
import type { Finding, FindingCode } from '@layers/core/findings';
import type { ReadImage } from '@layers/core/image';
import { CommandError } from '../command-error.js';
import { ExitStatus } from '../exit-status.js';
import { layerPosition } from '../flags/layer-flag.js';
import { withImage } from '../input/inputs.js';
import { globMatches } from '../input/path-glob.js';
import { expandPattern, isPattern, noMatch } from '../input/path-patterns.js';
import { createTextCheck } from '../output/text-check.js';
import { writeChunk } from '../output/write-out.js';
import { presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface CatFlags extends ImageFlags {
  readonly layer?: string;
  readonly force?: boolean;
}

/** Runs `layers cat`: prints files, also files that later layers deleted. */
export function cat(
  image: string,
  patterns: readonly string[],
  flags: CatFlags,
  session: Session,
): Promise<ExitStatus> {
  const { stdout, signal } = session;
  return withImage(
    image,
    flags,
    session,
    { contents: true, files: true, lazy: true, artifacts: true, reuses: true },
    async (read) => {
      const layer = flags.layer === undefined ? undefined : layerPosition(flags.layer, read);
      // A missing file is found before the first one is printed.
      const { files, findings } = await findFiles(read, patterns, layer);
      for (const { path, chunks } of files) {
        const isText = stdout.isTTY && flags.force !== true ? createTextCheck() : () => true;
        for await (const chunk of chunks) {
          signal.throwIfAborted();
          if (!isText(chunk)) {
            const shown = typeof path === 'string' ? path : Buffer.from(path).toString('utf8');
            throw new CommandError('ERR_LAYERS_TERMINAL', `${shown} is binary: not written to a terminal`, {
              hint: 'redirect it to a file or a pipe, or add --force',
            });
          }
          await writeChunk(stdout, chunk);
        }
      }
      read.archive.checkUnchanged();
      // The layer alone is complete.
      if (layer !== undefined) return ExitStatus.done;
      const incomplete = findings.filter(({ code }) => LAYER_LEFT_OUT.has(code));
      return presentFindings(incomplete, flags, session);
    },
  );
}

interface FoundFiles {
  readonly files: readonly {
    readonly path: string | Uint8Array;
    readonly chunks: AsyncIterable<Uint8Array>;
  }[];
  readonly findings: readonly Finding[];
}

/** Finds the files that patterns match. To merge all layers takes most of the time, so paths are looked up alone. */
async function findFiles(
  image: ReadImage,
  patterns: readonly string[],
  layer: number | undefined,
): Promise<FoundFiles> {
  const known = layer !== undefined || patterns.some(isPattern) ? null : lookUpFiles(image, patterns);
  if (known !== null) {
    const files = known.found.map((chunks, i) => ({ path: patterns[i] ?? '', chunks }));
    return { files, findings: known.findings };
  }
  const analysis = analyse(image);
  const paths: (string | Uint8Array)[] = [];
  for (const pattern of patterns) paths.push(...(await filesOf(analysis, pattern, layer)));
  const files = paths.map((path) => ({ path, chunks: catFile(analysis, { path, layer }) }));
  return { files, findings: allFindings(analysis) };
}

/** Findings about layers without which the merged tree may have other contents. */
const LAYER_LEFT_OUT: ReadonlySet<FindingCode> = new Set([
  'layer-missing',
  'layer-not-a-tar',
  'layer-unreadable',
]);

/** Returns the files that a pattern matches; a path that is no pattern or that exists literally, unchanged. */
async function filesOf(
  analysis: Analysis,
  pattern: string,
  layer: number | undefined,
): Promise<readonly (string | Uint8Array)[]> {
  if (!isPattern(pattern)) return [pattern];
  const found =
    layer === undefined
      ? expandPattern(analysis.union, pattern).map(({ path }) => path)
      : await entriesMatching(analysis, pattern, layer);
  const [only] = found;
  // The only match may be the literal name of something else than a file, which is an error of its own.
  if (only !== undefined && found.length === 1) return [only];
  const files = found.filter((path) => isReadable(analysis, path, layer));
  if (files.length === 0) throw noMatch(pattern);
  return files;
}

/** Returns the entries of a layer that a pattern matches. Symlinks are not followed: their targets may be in other layers. */
async function entriesMatching(
  analysis: Analysis,
  pattern: string,
  layer: number,
): Promise<readonly Uint8Array[]> {
  const literal = posix.normalize(`/${pattern}`);
  const found = new Map<string, Uint8Array>();
  for (const { path, pathBase64, type } of await listEntries(analysis, { recursive: true, layer })) {
    const bytes = pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64');
    if (path === literal) return [bytes];
    if ((type === 'file' || type === 'link') && globMatches(literal, path))
      found.set(bytes.toString('latin1'), bytes);
  }
  return [...found.values()];
}

/** Whether a path leads to a file: a symlink may lead to a directory, or nowhere. */
function isReadable(analysis: Analysis, path: string | Uint8Array, layer: number | undefined): boolean {
  try {
    catFile(analysis, { path, layer });
    return true;
  } catch {
    return false;
  }
}
