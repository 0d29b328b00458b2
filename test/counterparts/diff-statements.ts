import { type ReportedChange, type ReportedValues, toldKey } from './diff-command.ts';
import { differingFields, fieldsOf, namesIn, namesOf, show, under } from './diff-plain.ts';
import { keyOf, type Tree, type TreeEntry } from './tree.ts';

/**
 * Returns the statements of `layers diff --mtime --hardlinks` that are wrong for these trees: types, sizes, values, the
 * primary names of hard links, and renames.
 */
export function falseStatements(reported: readonly ReportedChange[], a: Tree, b: Tree): string[] {
  const found: string[] = [];
  const [namesA, namesB] = [namesIn(a), namesIn(b)];
  const earlier = new Map<string, ReportedChange>();
  for (const change of reported) {
    const key = toldKey(change.path, change.pathBase64);
    const keyA = change.from === undefined ? key : toldKey(change.from, change.fromBase64);
    const entryA = change.change === 'added' ? undefined : a.get(keyA);
    const entryB = change.change === 'removed' ? undefined : b.get(key);
    const say = (what: string): number => found.push(`${show(key)} (${change.change}): ${what}`);
    const entry = entryB ?? entryA;
    if (entry === undefined || (change.change === 'changed' && entryA === undefined)) {
      say('is not there');
      continue;
    }
    if (change.type !== entry.type) say(`type ${change.type}, is ${entry.type}`);
    if (change.sizeBytesA !== entryA?.size) say(`sizeBytesA ${change.sizeBytesA}, is ${entryA?.size}`);
    if (change.sizeBytesB !== entryB?.size) say(`sizeBytesB ${change.sizeBytesB}, is ${entryB?.size}`);
    if (change.linkedTo !== undefined) {
      const first = earlier.get(change.linkedTo);
      const names = [namesOf(namesA, entryA, keyA), namesOf(namesB, entryB, key)].flat();
      if (!names.includes(keyOf(change.linkedTo))) say(`is no link to ${change.linkedTo}`);
      const isInBoth = a.has(keyOf(change.linkedTo)) && b.has(keyOf(change.linkedTo));
      if (isInBoth && change.change !== 'changed') {
        // A hard link that both images have is not listed separately.
      } else if (first === undefined) say(`${change.linkedTo} was not listed before`);
      else if (first.change === change.change && fieldsOf(first).join() !== fieldsOf(change).join()) {
        say(`does not tell the same as ${change.linkedTo}`);
      }
    }
    earlier.set(change.path, change);
    for (const [side, values, held, names] of [
      ['a', change.a, entryA, namesOf(namesA, entryA, keyA)],
      ['b', change.b, entryB, namesOf(namesB, entryB, key)],
    ] as const) {
      for (const wrong of falseValues(change, values, held, names)) say(`${side}: ${wrong}`);
    }
    if (change.change !== 'renamed' || entryA === undefined || entryB === undefined) continue;
    if (b.has(keyA) || a.has(key)) say('both trees have the path');
    const fields = differingFields(entryA, entryB).sort();
    const toldFields = fieldsOf(change).filter((field) => field !== 'hardlinks');
    if (fields.includes('content') || fields.includes('type')) say('the content is another');
    if (toldFields.join() !== fields.join()) say(`fields ${toldFields}, are ${fields}`);
    if (change.type !== 'directory') continue;
    const [below, moved] = [under(a, keyA).slice(1), under(b, key).slice(1)];
    if (below.length !== change.entries) say(`${change.entries} entries, are ${below.length}`);
    if (moved.length !== below.length) say(`${moved.length} entries in b, ${below.length} in a`);
    for (const path of below) {
      const [old, now] = [a.get(path), b.get(key + path.slice(keyA.length))];
      if (old === undefined || now === undefined) say(`${show(path)} did not move`);
      else if (differingFields(old, now).length > 0) {
        say(`${show(path)} differs in ${differingFields(old, now).join(' ')}`);
      }
    }
  }
  return found;
}

function falseValues(
  change: ReportedChange,
  values: ReportedValues | undefined,
  entry: TreeEntry | undefined,
  names: readonly string[],
): string[] {
  const fields = fieldsOf(change);
  if (entry === undefined) return values === undefined ? [] : ['has values'];
  const wrong: string[] = [];
  const isOneSided = change.change === 'added' || change.change === 'removed';
  const say = (name: string, reported: unknown, areReported: boolean, real: unknown): void => {
    if (reported !== (areReported ? real : undefined)) wrong.push(`${name} ${reported}, is ${real}`);
  };
  const hold = (field: string, name: string, reported: unknown, real: unknown): void =>
    say(name, reported, fields.includes(field), real);
  hold('type', 'type', values?.type, entry.type);
  if (entry.type !== 'symlink') {
    say('mode', values?.mode, isOneSided || fields.includes('mode'), entry.mode);
  }
  const tellsTarget = isOneSided || fields.includes('type') || fields.includes('target');
  say('linkname', toldTarget(values), tellsTarget, entry.target);
  hold('owner', 'uid', values?.uid, entry.uid);
  hold('owner', 'gid', values?.gid, entry.gid);
  const device = values?.devmajor === undefined ? undefined : `${values.devmajor}:${values.devminor}`;
  hold('device', 'device', device, entry.device);
  if (change.path !== '/') {
    hold('mtime', 'mtime', values?.mtime, entry.mtime);
    const nanoseconds = values?.mtime === undefined ? undefined : (values.mtimeNs ?? 0);
    hold('mtime', 'mtimeNs', nanoseconds, entry.mtimeNs ?? 0);
  }
  const xattrs = values?.xattrs && Object.entries(values.xattrs).map(([name, value]) => `${name}=${value}`);
  const shared = names.slice(0, 100).map((name) => Buffer.from(name, 'latin1').toString('utf8'));
  hold('hardlinks', 'names', values?.hardlinks?.join('\0'), shared.join('\0'));
  const areReported = fields.includes('xattrs') || xattrs !== undefined;
  say(
    'xattrs',
    areReported ? (xattrs ?? []).sort().join() : undefined,
    areReported,
    (entry.xattrs ?? []).join(),
  );
  return wrong;
}

function toldTarget(values: ReportedValues | undefined): string | undefined {
  if (values?.linknameBase64 === undefined) return values?.linkname;
  return Buffer.from(values.linknameBase64, 'base64').toString('utf8');
}
