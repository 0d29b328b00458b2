import type { ConfigChange, HistoryChange, PackageChange, PackagesDiff } from '@layers/core/diff';
import { escapeForTerminal } from '../../output/escape.js';
import { counted, oneLine } from '../../output/format.js';
import { type Cell, table } from '../../output/table.js';
import type { View } from '../../output/view.js';
import { instructionCell } from '../instruction.js';
import { type ChangeKind, MARKS, painterOf } from './marks.js';
import { note, omittedNote, sectionHead } from './section.js';
import { pairText, valueText } from './values.js';

/** Docker's record of the build container, which does not affect the image. */
const BUILD_CONTAINER = /^(?:container|container_config(?:\..*)?)$/s;

/** Renders the differing fields of the config with their values. Only counts the fields of the build container. */
export function* renderConfig(changes: readonly ConfigChange[], top: number, view: View): Generator<string> {
  yield* sectionHead('Config', [differText(changes.length, 'field')], view);
  const listed = view.truncate ? changes.filter(({ field }) => !BUILD_CONTAINER.test(field)) : changes;
  const rows = firstOf(listed, top, view).map(({ field, key, change, a, b }) => {
    const name = key === undefined ? field : `${field} ${key}`;
    const value = change === 'changed' ? pairText(a, b, view) : valueText(change === 'added' ? b : a, view);
    return row(change, escapeForTerminal(oneLine(name)), value, view);
  });
  yield* list(rows, listed.length, view);
  const omitted = changes.length - listed.length;
  if (omitted > 0) {
    yield note(`and ${counted(omitted, 'field')} of the build container: --no-trunc lists all`, 2, view);
  }
}

function differText(count: number, what: string): string {
  return count === 0 ? 'the same' : `${counted(count, what)} ${count === 1 ? 'differs' : 'differ'}`;
}

/** Renders the differing history steps, in order. */
export function* renderHistoryChanges(
  changes: readonly HistoryChange[],
  top: number,
  view: View,
): Generator<string> {
  yield* sectionHead('History', [differText(changes.length, 'step')], view);
  const times = changes.filter(({ fields = [] }) => fields.join() === 'created');
  // One such step is shown like any other.
  const folds = view.truncate && times.length > 1;
  const listed = folds ? changes.filter((step) => !times.includes(step)) : changes;
  const rows = firstOf(listed, top, view).map((step) => {
    const { change, fields = [], indexA, indexB } = step;
    const shown = step.b ?? step.a;
    const instruction = instructionCell(shown?.instruction ?? shown?.createdBy ?? null, view);
    const values = fields.map((field) => `${field} ${pairText(step.a?.[field], step.b?.[field], view)}`);
    const text = [...values, instruction].filter((part) => part !== '').join('  ');
    return row(change, String((change === 'removed' ? indexA : indexB) ?? ''), text, view);
  });
  yield* list(rows, listed.length, view);
  if (folds) yield note(`${times.length} steps differ in their times only: --no-trunc lists them`, 2, view);
}

const PACKAGE_WORDS = ['upgraded', 'downgraded', 'changed', 'added', 'removed'] as const;

/** Renders the differing packages with their versions. */
export function* renderPackages(
  { unreadable, paths, databases, changes }: PackagesDiff,
  top: number,
  view: View,
): Generator<string> {
  const parts = PACKAGE_WORDS.map((word) => ({
    word,
    count: changes.filter(({ change }) => change === word).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => painterOf(changeKindOf(word), view)(`${count} ${word}`));
  if (unreadable) parts.push('a database cannot be read: see the findings');
  else if (parts.length === 0)
    parts.push(paths.length === 0 ? 'no package database in either image' : 'the same');
  yield* sectionHead('Packages', parts, view);
  const several = databases.length > 1;
  const rows = firstOf(changes, top, view).map((change) => {
    const { name, architecture, system } = change;
    const labels = [several ? system : '', name, architecture ?? ''].filter((part) => part !== '');
    return row(
      changeKindOf(change.change),
      labels.map((label) => valueText(label, view)).join(' '),
      versionsOf(change, view),
      view,
    );
  });
  yield* list(rows, changes.length, view);
}

function changeKindOf(change: PackageChange['change']): ChangeKind {
  return change === 'added' || change === 'removed' ? change : 'changed';
}

function versionsOf({ change, versionA, versionB }: PackageChange, view: View): string {
  const versions = [versionA, versionB].filter((version) => version !== undefined);
  const text = versions.map((version) => valueText(version, view)).join(' -> ');
  return change === 'downgraded' ? `${text}  (older)` : text;
}

function firstOf<Item>(items: readonly Item[], top: number, { truncate }: View): readonly Item[] {
  return truncate ? items.slice(0, top) : items;
}

function row(kind: ChangeKind, name: string, text: string, view: View): (Cell | string)[] {
  return [{ text: MARKS[kind], paint: painterOf(kind, view) }, name, text];
}

function* list(rows: readonly (Cell | string)[][], count: number, view: View): Generator<string> {
  const columns = [
    { title: '' },
    { title: '', cut: 'middle', least: 12 },
    { title: '', cut: 'end', least: 24 },
  ] as const;
  yield* table(view, columns, rows, { titles: false, indent: 1 });
  yield* omittedNote(count - rows.length, view);
}
