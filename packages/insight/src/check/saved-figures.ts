import { LayersError } from '@layers/errors';
import type { CheckAgainst } from './report.js';

/** The figures of an image, from a saved document. */
export interface SavedFigures {
  readonly figures: CheckAgainst['figures'];
  /** Those of its layers; null where the document does not have them all. */
  readonly diffIds: readonly string[] | null;
}

/**
 * Parses a saved document of `layers check` or `layers inspect`.
 *
 * @param file its name, for the error
 * @throws LayersError ERR_LAYERS_BUDGETS for anything else
 */
export function parseSavedFigures(text: string, file: string): SavedFigures {
  const document = parsed(text, file);
  const isInspect = isObject(document['totals']) && typeof document['totals']['contentBytes'] === 'number';
  const figures = isInspect ? document['totals'] : document['figures'];
  if (!isObject(figures)) throw notSaved(file, 'no figures of an image');
  const number = (name: string): number => {
    const value = figures[name];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
    throw notSaved(file, `no number ${JSON.stringify(name)}`);
  };
  return {
    figures: {
      efficiency: number('efficiency'),
      wastedBytes: number('wastedBytes'),
      storedBytes: number('storedBytes'),
      contentBytes: number('contentBytes'),
      rootfsBytes: number('rootfsBytes'),
      layers: number('layers'),
    },
    diffIds: diffIdsIn(document['layers']),
  };
}

function diffIdsIn(layers: unknown): string[] | null {
  if (!Array.isArray(layers)) return null;
  const diffIds: string[] = [];
  for (const layer of layers) {
    const diffId: unknown = isObject(layer) ? layer['diffId'] : undefined;
    if (typeof diffId !== 'string') return null;
    diffIds.push(diffId);
  }
  return diffIds;
}

function parsed(text: string, file: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw notSaved(file, 'not JSON');
  }
  if (!isObject(document)) throw notSaved(file, 'not a JSON object');
  return document;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notSaved(file: string, what: string): LayersError {
  return new LayersError('ERR_LAYERS_BUDGETS', `not the saved result of a check or an inspection: ${what}`, {
    archive: file,
    hint: 'save one as JSON, from the document of a check or an inspection',
  });
}
