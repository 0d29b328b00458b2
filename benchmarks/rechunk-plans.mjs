// Layers that others make of the packages of a series: one for each package, and those of chunkah.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { tarArguments, writeRecords } from './rechunk-images.mjs';

const DAY = 24 * 60 * 60;

/** Returns the packages at the top of a folder of npm or pip: names and paths. */
function librariesOf(libraries, folder) {
  if (libraries === 'npm') {
    const names = readdirSync(folder).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(folder, name)).map((sub) => `${name}/${sub}`) : [name],
    );
    return names.map((name) => ({ name, paths: [name] }));
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.dist-info'))
    .map((name) => ({
      name: name.replace(/-\d.*$/, ''),
      paths: readFileSync(join(folder, name, 'RECORD'), 'utf8')
        .split('\n')
        .map((line) => line.replace(/,[^,]*,[^,]*$/, '').replace(/^"|"$/g, ''))
        .filter((path) => path !== '' && existsSync(join(folder, path))),
    }));
}

/** Returns the bytes of files, and a text that is equal if their names and contents are. */
function sizeOf(folder, paths) {
  let bytes = 0;
  const texts = [];
  const contentOf = (path, stat) => {
    if (stat.isSymbolicLink()) return readlinkSync(path);
    return stat.isFile() ? createHash('md5').update(readFileSync(path)).digest('hex') : '';
  };
  const add = (path) => {
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) for (const name of readdirSync(join(folder, path)).sort()) add(join(path, name));
    else {
      bytes += stat.size;
      texts.push(`${path} ${stat.mode} ${contentOf(join(folder, path), stat)}`);
    }
  };
  for (const path of [...paths].sort()) add(path);
  return { bytes, text: texts.join('\n') };
}

/** The probability that a package does not change within a week, from the changes of the year before, as chunkah has it. */
function stabilityOf(name, root, now) {
  const path = ['changelog.Debian.gz', 'changelog.gz']
    .map((file) => join(root, 'files/usr/share/doc', name, file))
    .find((file) => existsSync(file));
  const text = path === undefined ? '' : gunzipSync(readFileSync(path)).toString('latin1');
  const all = [...text.matchAll(/^ -- .*> {2}(.*)$/gm)].map(([, date]) => Date.parse(date) / 1000);
  const times = all.filter((time) => time >= now - 365 * DAY && time <= now);
  if (times.length === 0) return 0.99;
  const days = (now - Math.min(...times)) / DAY;
  return days < 1 ? 0 : Math.exp((-times.length / days) * 7);
}

const known = new Map();
const once = (key, make) => {
  if (!known.has(key)) known.set(key, make());
  return known.get(key);
};

/** The parts of a version: what each is, a text that is equal if its files are, and how `tar` gets them. */
export function partsOf({ time, installed, libraries, folder, prefix, code }) {
  const parts = installed.map(({ name, source, version, root }) => ({
    name: `dpkg/${name}`,
    source: `dpkg/${source}`,
    key: `${name} ${version}`,
    bytes: once(root, () => sizeOf(join(root, 'files'), ['.'])).bytes,
    stability: once(`${root} ${time}`, () => stabilityOf(name, root, time)),
    tar: { folders: [join(root, 'files')] },
  }));
  for (const { name, paths } of librariesOf(libraries, folder)) {
    const { bytes, text } = once(`${folder} ${name}`, () => sizeOf(folder, paths));
    const part = `${libraries}/${name}`;
    // A component of chunkah by its extended attribute, whose interval is a week if it has none.
    parts.push({
      name: part,
      source: part,
      key: `${part}\n${text}`,
      bytes,
      stability: Math.exp(-1),
      tar: { folder, paths, prefix },
    });
  }
  if (code !== null) {
    const { bytes, text } = once(code, () => sizeOf(code, ['.']));
    parts.push({
      name: 'code',
      key: `${code}\n${text}`,
      bytes,
      stability: 0,
      tar: { folder: code, paths: ['.'], prefix: 'opt/app/src' },
    });
  }
  return parts;
}

/** What dpkg records, as one more part. Changes if any Debian package does. */
export function recordsOf(directory, { step, installed }, withInfo) {
  const folder = join(directory, `records-${withInfo}-${step}`);
  writeRecords(folder, installed, installed, 0, withInfo);
  const key = installed.map(({ name, version }) => `${name}=${version}`).join(' ');
  const { bytes } = sizeOf(folder, ['.']);
  return {
    name: 'records',
    key: `records ${withInfo} ${key}`,
    bytes,
    stability: 0,
    tar: { folders: [folder] },
  };
}

/** Returns the arguments of the programs `tar` whose outputs together are a layer of parts, but for the ends of tars. */
export function tarsOf(parts) {
  const debs = parts.flatMap(({ tar: { folders = [] } }) => folders);
  const others = parts.filter(({ tar: { paths } }) => paths !== undefined);
  return [
    ...(debs.length === 0 ? [] : [{ args: tarArguments(debs), input: '' }]),
    ...others.map(({ tar: { folder, paths, prefix } }) => ({
      args: [
        ...tarArguments([], prefix).filter((arg) => !arg.startsWith('--transform')),
        `--transform=flags=rh;s,^,${prefix}/,`,
        '-C',
        folder,
        '--files-from=-',
      ],
      input: paths.join('\n'),
    })),
  ];
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 0 ? ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2 : sorted[middle];
};

/** FNV-1a, 64 bits, of a string as Rust hashes it. */
function hashOf(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of [...Buffer.from(text), 0xff])
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** Distributes components to bins by hash; an empty bin gets the largest component of a bin that has several. */
function hashIntoBins(items, count) {
  const bins = Array.from({ length: count }, () => []);
  for (const item of items) bins[Number(hashOf(item.name) % BigInt(count))].push(item);
  for (let empty = count - 1; empty >= 0; empty--) {
    if (bins[empty].length > 0) continue;
    const several = bins.filter((bin) => bin.length > 1).flatMap((bin) => bin.map((item) => ({ bin, item })));
    if (several.length === 0) break;
    const { bin, item } = several.reduce((a, b) => (b.item.size >= a.item.size ? b : a));
    bin.splice(bin.indexOf(item), 1);
    bins[empty].push(item);
  }
  return bins.filter((bin) => bin.length > 0);
}

/** Shares bins out to tiers by the number of their components. */
function binsOfTiers(tiers, most) {
  const total = sum(tiers.map(({ length }) => length));
  let left = most;
  return tiers.map(({ length }, i) => {
    const after = tiers.length - i - 1;
    const bins =
      after === 0 ? left : Math.min(Math.max(1, Math.round((length / total) * most)), left - after);
    left -= bins;
    return bins;
  });
}

/**
 * The packing of chunkah (src/packing.rs since coreos/chunkah#107, read on 30 November 2026): components much larger than the
 * median get layers of their own, at most 80 % of them; the others are in three tiers by stability, and in each by hash.
 */
function chunkahLayers(components, most) {
  if (components.length <= most) return components.map((component) => [component]);
  const middle = median(components.map(({ size }) => size));
  const deviation = median(components.map(({ size }) => Math.abs(size - middle)));
  const least = middle + 1.5 * (deviation < middle * 0.01 ? middle : deviation);
  const large = components.filter(({ size }) => size >= least).sort((a, b) => b.size - a.size);
  const isAll = large.length === components.length;
  const alone = new Set(large.slice(0, Math.floor((most - (isAll ? 0 : 1)) * 0.8)));
  const others = components.filter((component) => !alone.has(component));
  const room = most - alone.size;
  const singles = [...alone].map((component) => [component]);
  if (others.length <= room) return [...singles, ...others.map((component) => [component])];
  const mean = sum(others.map(({ stability }) => stability)) / others.length;
  const spread = Math.sqrt(sum(others.map(({ stability }) => (stability - mean) ** 2)) / others.length);
  const tierOf = ({ stability }) => (stability >= mean + spread ? 0 : stability <= mean - spread ? 2 : 1);
  const tiers = [0, 1, 2]
    .map((tier) => others.filter((each) => tierOf(each) === tier))
    .filter((tier) => tier.length > 0);
  if (room < tiers.length) return [...singles, ...hashIntoBins(others, room)];
  const bins = binsOfTiers(tiers, room);
  return [...singles, ...tiers.flatMap((tier, i) => hashIntoBins(tier, bins[i]))];
}

/** Returns the parts of each layer of chunkah. The records of dpkg and the code have no component, as it says. */
export function chunkah(parts, records, most) {
  const components = new Map();
  for (const part of [...parts, records]) {
    const name = part.source ?? 'chunkah/unclaimed';
    const component = components.get(name) ?? { name, size: 0, stability: part.stability, parts: [] };
    component.size += part.bytes;
    component.parts.push(part);
    components.set(name, component);
  }
  const sorted = [...components.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return chunkahLayers(sorted, most).map((layer) => layer.flatMap((component) => component.parts));
}
