import type { ImageDescription } from '@layers/core/image';
import { joinHistory } from '@layers/core/oci';
import type { BaseBoundary } from './base-boundary.js';
import type { DockerfileDocument, DockerfilePart, DockerfileStep } from './document.js';
import type { LayerFiles } from './layer-files.js';
import { commentLine } from './quote.js';
import { StepRestorer } from './restore-steps.js';
import { correctConfig } from './restored-config.js';
import { type RunSettings, runSettings } from './run-settings.js';
import { SettingWriter } from './setting-lines.js';

/** What a Dockerfile is restored from. */
export interface RestoreInput {
  readonly description: ImageDescription;
  readonly boundary: BaseBoundary | null;
  /** Returns what a layer contains; null where it was not read. */
  readonly files: (layer: number) => LayerFiles | null;
  /** Returns the command that writes the file system up to a layer as a tar to standard output. */
  readonly exportCommand: (layer: number) => string;
}

type Restored = Pick<DockerfileDocument, 'base' | 'steps' | 'corrections' | 'dockerfile'>;

/** Returns a Dockerfile for an image, as good as its history and its config allow. */
export function restore({ description, boundary, files, exportCommand }: RestoreInput): Restored {
  const isWindows = description.platform?.os === 'windows';
  const escapeChar = isWindows ? '`' : '\\';
  const writer = new SettingWriter(escapeChar, isWindows);
  const wanted = runSettings(description.config.config);
  const base = settingsOfBase(boundary, isWindows);
  const { history, author } = description.config;
  const restorer = new StepRestorer({
    wanted,
    author,
    isWindows,
    escapeChar,
    writer,
    history,
    base,
    files,
    exportCommand,
  });
  const { entries, mismatch } = joinHistory(history, description.layers.length);
  const first = boundary?.steps ?? 0;
  const later = (i: number) => history.slice(i + 1, i + 1 + LOOK_AHEAD);
  const restored = entries
    .slice(first)
    .map(({ history: step, layer }, i) => restorer.restore(step, layer ?? null, later(first + i)));
  const steps = boundary === null ? mergedLayers(restored) : triggered(restored, boundary);
  const corrected = correctConfig(wanted, { lines: restorer.settings, shell: restorer.shell, base }, writer);
  const corrections = [...(corrected.first === null ? [] : [corrected.first]), ...corrected.last];
  const parts: DockerfilePart[] = [
    head(description, boundary, mismatch),
    { notes: [], lines: [fromLine(boundary)] },
    ...(corrected.first === null ? [] : [corrected.first]),
    ...steps,
    ...corrected.last,
  ];
  const directive = isWindows ? '# escape=`\n' : '';
  return { base: boundary?.base ?? null, steps, corrections, dockerfile: directive + textOf(parts) };
}

/** Bounds the search for the command that sees a build argument. */
const LOOK_AHEAD = 100;

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Builders add PATH to an image from scratch, other than on Windows. */
function settingsOfBase(boundary: BaseBoundary | null, isWindows: boolean): RunSettings | null {
  if (boundary === null) return runSettings(isWindows ? {} : { Env: [`PATH=${DEFAULT_PATH}`] });
  return boundary.config === null ? null : runSettings(boundary.config.config);
}

/** The tar of a layer has the files of the layers below, so that one of adjacent ones is enough. */
function mergedLayers(steps: readonly DockerfileStep[]): DockerfileStep[] {
  const isWhole = ({ lines: [line = ''] }: DockerfileStep) => line.startsWith('ADD layer-');
  const withLayer = steps.filter(({ layer }) => layer !== null);
  const other = withLayer.findIndex((step) => !isWhole(step));
  const last = withLayer[(other < 0 ? withLayer.length : other) - 1];
  const merged = new Set(withLayer.slice(0, other < 0 ? -1 : Math.max(other - 1, 0)));
  return steps.map((step) =>
    merged.has(step)
      ? {
          ...step,
          lines: [],
          notes: [step.notes[0] ?? '', `Its files are in the tar of layer ${last?.layer}.`],
        }
      : step,
  );
}

/** FROM executes the triggers of the base (ONBUILD), which the history has as ordinary steps. */
function triggered(steps: readonly DockerfileStep[], { config }: BaseBoundary): DockerfileStep[] {
  const triggers = runSettings(config?.config).onBuild;
  const matches = triggers.filter((trigger, i) => {
    const name = trigger.trim().split(/\s/, 1)[0]?.toUpperCase();
    return steps[i]?.lines.some((line) => line.startsWith(`${name} `)) === true;
  });
  if (triggers.length === 0 || matches.length < triggers.length) return [...steps];
  return steps.map((step, i) =>
    i < triggers.length
      ? {
          ...step,
          kind: 'omitted',
          lines: [],
          notes: [`FROM executes it (ONBUILD): ${step.lines.join(' ')}`],
        }
      : step,
  );
}

function fromLine(boundary: BaseBoundary | null): string {
  if (boundary === null) return 'FROM scratch';
  const { name, digest } = boundary.base;
  return `FROM ${name}${digest === null ? '' : `@${digest}`}`;
}

function head(
  { tags, id, platform }: ImageDescription,
  boundary: BaseBoundary | null,
  mismatch: boolean,
): DockerfilePart {
  const name = tags[0] ?? id ?? 'an image';
  const notes = [
    `Restored from the history and the config of ${name}. It is a guess, except for the config:`,
    'RUN is as recorded. Its mounts, its network and here-documents are not recorded.',
    'The sources of COPY and ADD, and the stages of the build, are not recorded.',
    'The config is compared with that of the image; comments say what no instruction can set.',
  ];
  if (mismatch) notes.push('The history does not fit the layers: layers may belong to other steps.');
  if (boundary?.base.isGuess === true) {
    const { layers } = boundary.base;
    const lowest = layers === 1 ? 'layer is' : `${layers} layers are`;
    notes.push(`That the lowest ${lowest} this base is a guess.`);
  }
  if (platform !== null)
    notes.push(
      `Platform: ${platform.os}/${platform.architecture}${platform.variant ? `/${platform.variant}` : ''}`,
    );
  return { notes, lines: [] };
}

/** Parts with comments stand apart. */
function textOf(parts: readonly DockerfilePart[]): string {
  const blocks = parts.flatMap(({ notes, lines }) => {
    if (notes.length === 0 && lines.length === 0) return [];
    return [{ isApart: notes.length > 0, text: [...notes.map(commentLine), ...lines, ''].join('\n') }];
  });
  return blocks
    .map(({ isApart, text }, i) => {
      const before = i > 0 && (isApart || blocks[i - 1]?.isApart === true) ? '\n' : '';
      return before + text;
    })
    .join('');
}
