import { type Analysis, catFile, listEntries } from '@layers/core/analysis';
import { CommandError } from '../command-error.js';
import { ExitStatus } from '../exit-status.js';
import { layerPosition } from '../flags/layer-flag.js';
import { withAnalysis } from '../input/inputs.js';
import { isPattern, matches, noMatch } from '../input/path-patterns.js';
import { createTextCheck } from '../output/text-check.js';
import { writeChunk } from '../output/write-out.js';
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
  return withAnalysis(image, flags, session, { contents: true }, async (analysis) => {
    const layer = flags.layer === undefined ? undefined : layerPosition(flags.layer, analysis.image);
    const paths: string[] = [];
    for (const pattern of patterns) paths.push(...(await filesOf(analysis, pattern, layer)));
    // A missing file is found before the first one is printed.
    const files = paths.map((path) => ({ path, chunks: catFile(analysis, { path, layer }) }));
    for (const { path, chunks } of files) {
      const isText = stdout.isTTY && flags.force !== true ? createTextCheck() : () => true;
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        if (!isText(chunk)) {
          throw new CommandError('ERR_LAYERS_TERMINAL', `${path} is binary: not written to a terminal`, {
            hint: 'redirect it to a file or a pipe, or add --force',
          });
        }
        await writeChunk(stdout, chunk);
      }
    }
    return ExitStatus.done;
  });
}

/** Returns the files that a pattern matches; a path that is no pattern or that exists literally, unchanged. */
async function filesOf(
  analysis: Analysis,
  pattern: string,
  layer: number | undefined,
): Promise<readonly string[]> {
  if (!isPattern(pattern)) return [pattern];
  const literal = `/${pattern.replace(/^\/+/, '')}`;
  const found = new Set<string>();
  for (const { path, type } of await listEntries(analysis, { recursive: true, layer })) {
    if (path === literal) return [pattern];
    const isFile = type === 'file' || type === 'link' || type === 'symlink';
    if (isFile && matches(pattern, path) && isReadable(analysis, path, layer)) found.add(path);
  }
  if (found.size === 0) throw noMatch(pattern);
  return [...found];
}

/** Whether a path leads to a file: a symlink may lead to a directory, or nowhere. */
function isReadable(analysis: Analysis, path: string, layer: number | undefined): boolean {
  try {
    catFile(analysis, { path, layer });
    return true;
  } catch {
    return false;
  }
}
