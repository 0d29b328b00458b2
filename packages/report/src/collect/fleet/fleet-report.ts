import {
  FLEET_REPORT_VERSION,
  type FleetFacts,
  type FleetTotals,
  type FleetUse,
} from '../../data/fleet/fleet-facts.js';
import { type RedactText, redactInstruction } from '../redact.js';
import { type Answer, type AnswerRow, numberIn, rowsOf, textIn, textOrNull, valueOrNull } from './answer.js';

/** The answers of `fleetOverview` of @layers/fleet. */
export type FleetAnswers = Readonly<
  Record<
    | 'summary'
    | 'images'
    | 'tags'
    | 'layers'
    | 'uses'
    | 'timeline'
    | 'duplicates'
    | 'bases'
    | 'stale'
    | 'whatif'
    | 'packages'
    | 'problems',
    Answer
  >
>;

/**
 * Returns what the page about a fleet shows.
 *
 * @param name the folder of the fleet
 * @param redact removes secrets from instructions; null to show all values
 */
export function fleetReport(name: string, answers: FleetAnswers, redact: RedactText | null): FleetFacts {
  const images = rowsOf(answers.images);
  const layers = rowsOf(answers.layers);
  const imageAt = positions(images, 'image');
  const layerAt = positions(layers, 'layer');
  /** Blobs of one tar have the same. */
  const layerOf = positions(layers, 'diff_id');
  const at = (known: ReadonlyMap<unknown, number>, value: unknown): number => known.get(value) ?? -1;
  const { uses, instructions } = usesOf(
    rowsOf(answers.uses),
    ({ image, layer }) => ({ image: at(imageAt, image), layer: at(layerAt, layer) }),
    redact,
  );
  return {
    version: FLEET_REPORT_VERSION,
    name,
    totals: totalsOf(rowsOf(answers.summary)),
    images: images.map((row) => ({
      name: textIn(row, 'name'),
      digest: textIn(row, 'digest'),
      platform: ['os', 'architecture', 'variant'].flatMap((part) => textOrNull(row, part) ?? []).join('/'),
      created: textOrNull(row, 'created'),
      distribution: textOrNull(row, 'distribution'),
      storedBytes: numberIn(row, 'stored_bytes'),
      rootfsBytes: numberIn(row, 'rootfs_bytes'),
      wastedBytes: numberIn(row, 'wasted_bytes'),
      exclusiveBytes: numberIn(row, 'exclusive_bytes'),
      exclusiveLayers: numberIn(row, 'exclusive_layers'),
      exclusiveFileBytes: numberIn(row, 'exclusive_file_bytes'),
      layers: numberIn(row, 'layers'),
      files: numberIn(row, 'files'),
    })),
    tags: rowsOf(answers.tags).map((row) => ({
      image: at(imageAt, row['image']),
      tag: textOrNull(row, 'tag'),
      repository: textOrNull(row, 'repository'),
    })),
    layers: layers.map((row) => ({
      digest: textIn(row, 'digest'),
      storedBytes: numberIn(row, 'stored_bytes'),
      contentBytes: numberIn(row, 'content_bytes'),
      images: numberIn(row, 'images'),
    })),
    uses,
    instructions,
    repositories: rowsOf(answers.timeline).map((row) => ({
      name: textIn(row, 'repository'),
      tags: numberIn(row, 'tags'),
      firstCreated: textOrNull(row, 'first_created'),
      lastCreated: textOrNull(row, 'last_created'),
      firstBytes: numberIn(row, 'first_bytes'),
      lastBytes: numberIn(row, 'last_bytes'),
      totalBytes: numberIn(row, 'total_bytes'),
    })),
    duplicates: rowsOf(answers.duplicates).map((row) => ({
      extraBytes: numberIn(row, 'extra_bytes'),
      sizeBytes: numberIn(row, 'size_bytes'),
      copies: numberIn(row, 'copies'),
      layers: numberIn(row, 'layers'),
      content: textIn(row, 'content'),
      path: textIn(row, 'path'),
    })),
    bases: rowsOf(answers.bases).map((row) => ({
      name: textOrNull(row, 'base'),
      layers: numberIn(row, 'layers'),
      images: numberIn(row, 'images'),
      contentBytes: numberIn(row, 'content_bytes'),
      distribution: textOrNull(row, 'distribution'),
      created: textOrNull(row, 'base_created'),
      daysBehind: valueOrNull(row, 'days_behind'),
      layer: at(layerOf, row['diff_id']),
    })),
    stale: rowsOf(answers.stale).map((row) => ({
      name: textIn(row, 'name'),
      distribution: textOrNull(row, 'distribution'),
      created: textOrNull(row, 'base_created'),
      newest: textOrNull(row, 'newest_created'),
      daysBehind: valueOrNull(row, 'days_behind'),
      layer: at(layerOf, row['diff_id']),
    })),
    changes: rowsOf(answers.whatif).map((row) => ({
      change: textIn(row, 'change'),
      storedBytes: valueOrNull(row, 'stored_bytes'),
      savedBytes: valueOrNull(row, 'saved_bytes'),
      method: textIn(row, 'method'),
    })),
    packages: rowsOf(answers.packages).map((row) => ({
      type: textIn(row, 'type'),
      name: textIn(row, 'name'),
      images: numberIn(row, 'images'),
      versions: numberIn(row, 'versions'),
    })),
    problems: rowsOf(answers.problems).map((row) => ({
      source: textIn(row, 'source'),
      position: valueOrNull(row, 'position'),
      code: textIn(row, 'code'),
      message: textIn(row, 'message'),
    })),
  };
}

function totalsOf(rows: readonly AnswerRow[]): FleetTotals {
  const rowOf = (of: string): AnswerRow => rows.find((row) => row['of'] === of) ?? {};
  const [images, layers, files] = [rowOf('images'), rowOf('layers'), rowOf('files')];
  return {
    images: numberIn(images, 'number'),
    wholeBytes: numberIn(images, 'stored_bytes'),
    layers: numberIn(layers, 'number'),
    storedBytes: numberIn(layers, 'stored_bytes'),
    contentBytes: numberIn(layers, 'content_bytes'),
    files: numberIn(files, 'number'),
    fileBytes: numberIn(files, 'content_bytes'),
  };
}

/** Returns the first position of each value of a column. */
function positions(rows: readonly AnswerRow[], column: string): ReadonlyMap<unknown, number> {
  const found = new Map<unknown, number>();
  for (const [i, row] of rows.entries()) if (!found.has(row[column])) found.set(row[column], i);
  return found;
}

/** The longest instruction. */
const MAX_INSTRUCTION = 1000;

function usesOf(
  rows: readonly AnswerRow[],
  numbersOf: (row: AnswerRow) => Pick<FleetUse, 'image' | 'layer'>,
  redact: RedactText | null,
): Pick<FleetFacts, 'uses' | 'instructions'> {
  const known = new Map<string, number>();
  const uses = rows.map((row) => {
    const text = textOrNull(row, 'instruction');
    const instruction = text === null ? -1 : (known.get(text) ?? known.size);
    if (text !== null) known.set(text, instruction);
    return { ...numbersOf(row), instruction };
  });
  const instructions = Array.from(known.keys(), (text) => {
    const shown = redact === null ? text : redactInstruction(text, redact);
    return shown.length > MAX_INSTRUCTION ? `${shown.slice(0, MAX_INSTRUCTION)}…` : shown;
  });
  return { uses, instructions };
}
