import type { DiffDocument } from '@layers/core/diff';

/** Yields all differences as a flat list. Each item has the section that it belongs to. */
export function* diffItems(document: DiffDocument): Generator<object> {
  const { files, layers, config, history, packages } = document;
  for (const change of files ?? []) yield { section: 'files', ...change };
  if (layers !== null) {
    for (const layer of layers.onlyInA) yield { section: 'layers', change: 'removed', ...layer };
    for (const layer of layers.onlyInB) yield { section: 'layers', change: 'added', ...layer };
    for (const pair of layers.sameTree) yield { section: 'layers', change: 'rewritten', ...pair };
  }
  for (const change of config ?? []) yield { section: 'config', ...change };
  for (const change of history ?? []) yield { section: 'history', ...change };
  for (const change of packages?.changes ?? []) yield { section: 'packages', ...change };
}
