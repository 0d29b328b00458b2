import type { ReportFacts } from '../data/index.js';
import { isLayer, type Placed } from './placed.js';
import { capital, layerName, shortStep } from './story.js';

/** Returns what is written on a cell: the names below the cell around it; of a layer, its instruction. */
export function cellName({ cell, depth, above }: Placed, facts: ReportFacts): string {
  const { set, path, layer, isVersion } = cell;
  if (isLayer(layer, depth)) {
    const instruction = facts.inspect.layers[layer]?.instruction ?? null;
    return `${capital(layerName(facts, layer))}${instruction === null ? '' : `: ${shortStep(instruction)}`}`;
  }
  if (path === above && !isVersion) return set.paths.nameOf(path) || '/';
  const names: string[] = [];
  for (let at = path; at > 0 && at !== above; at = set.paths.parentOf(at)) names.push(set.paths.nameOf(at));
  const name = names.length === 0 ? set.paths.nameOf(path) || '/' : names.reverse().join('/');
  if (!isVersion) return name;
  const item = set.items[cell.from] ?? 0;
  return `${name} (layer ${set.paths.columns.layer[item] ?? 0})`;
}
