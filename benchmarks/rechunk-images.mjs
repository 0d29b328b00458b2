// Makes the images of the series that rechunk-series.sh downloaded, as a Dockerfile would: a base, one layer of apt, one of
// npm or pip, and one of code. A layer whose packages did not change keeps its bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Packages of the base image: those that debootstrap calls required, and apt. */
const BASE = new Set(
  'adduser apt base-files base-passwd bash bsdutils coreutils dash debconf debian-archive-keyring debianutils diffutils dpkg e2fsprogs findutils gcc-12-base gpgv grep gzip hostname init-system-helpers libacl1 libapt-pkg6.0 libattr1 libaudit-common libaudit1 libblkid1 libbz2-1.0 libc-bin libc6 libcap-ng0 libcap2 libcom-err2 libcrypt1 libdb5.3 libdebconfclient0 libext2fs2 libffi8 libgcc-s1 libgcrypt20 libgmp10 libgnutls30 libgpg-error0 libhogweed6 libidn2-0 liblz4-1 liblzma5 libmd0 libmount1 libnettle8 libp11-kit0 libpam-modules libpam-modules-bin libpam-runtime libpam0g libpcre2-8-0 libseccomp2 libselinux1 libsemanage-common libsemanage2 libsepol2 libsmartcols1 libss2 libstdc++6 libsystemd0 libtasn1-6 libtinfo6 libudev1 libunistring2 libuuid1 libxxhash0 libzstd1 login logsave mawk mount ncurses-base ncurses-bin passwd perl-base sed sysvinit-utils tar tzdata util-linux util-linux-extra zlib1g'.split(
    ' ',
  ),
);

const run = (command, args, options = {}) => execFileSync(command, args, { maxBuffer: 2 ** 30, ...options });

/** Returns the versions of each Debian package, with the day that it was built on and its unpacked files. */
function unpackDebs(directory) {
  const packages = new Map();
  mkdirSync(join(directory, 'unpacked'), { recursive: true });
  for (const name of readdirSync(join(directory, 'debs'))
    .filter((file) => file.endsWith('.deb'))
    .sort()) {
    const deb = join(directory, 'debs', name);
    const root = join(directory, 'unpacked', name);
    if (!existsSync(join(root, 'control'))) {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root);
      run('dpkg-deb', ['-x', deb, join(root, 'files')]);
      run('dpkg-deb', ['-e', deb, join(root, 'info')]);
      writeFileSync(join(root, 'control'), run('dpkg-deb', ['-f', deb]));
    }
    const control = readFileSync(join(root, 'control'), 'utf8');
    const field = (of) => new RegExp(`^${of}: (.*)$`, 'm').exec(control)?.[1] ?? '';
    const built = statSync(join(root, 'info', 'control')).mtimeMs / 1000;
    const versions = packages.get(field('Package')) ?? [];
    const source = field('Source').replace(/ .*/, '') || field('Package');
    versions.push({ name: field('Package'), source, version: field('Version'), control, root, built });
    packages.set(field('Package'), versions);
  }
  for (const versions of packages.values()) versions.sort((a, b) => a.built - b.built);
  return packages;
}

/** No file is newer. Files of packages are older, and keep their times; only what the build makes has its time. */
const LATEST = Date.UTC(2026, 10, 29) / 1000;

/** Writes what dpkg records of packages; `withInfo` includes the files that packages bring for it. */
export function writeRecords(folder, packages, recorded, time, withInfo = true) {
  rmSync(folder, { recursive: true, force: true });
  const info = join(folder, 'var/lib/dpkg/info');
  mkdirSync(info, { recursive: true });
  const put = (path, text, at) => {
    writeFileSync(path, text);
    utimesSync(path, at, at);
  };
  put(
    join(folder, 'var/lib/dpkg/status'),
    recorded
      .map(({ control }) =>
        control.replace(/^Package: .*$/m, (line) => `${line}\nStatus: install ok installed`),
      )
      .join('\n'),
    time,
  );
  for (const { name, root, built } of packages) {
    const paths = run('find', ['.', '-mindepth', '1', '-printf', '/%P\n'], { cwd: join(root, 'files') });
    put(join(info, `${name}.list`), `/.\n${paths}`, time);
    if (!withInfo) continue;
    for (const file of readdirSync(join(root, 'info')).filter((each) => each !== 'control'))
      put(join(info, `${name}.${file}`), readFileSync(join(root, 'info', file)), built);
  }
  for (const each of ['var/lib/dpkg/info', 'var/lib/dpkg', 'var/lib', 'var', ''])
    utimesSync(join(folder, each), time, time);
}

const MERGED = 'flags=rh;s,^\\./\\(bin\\|sbin\\|lib\\|lib64\\)\\(/\\|$\\),./usr/\\1\\2,';

/** Returns the arguments of GNU tar for folders. Files below a prefix, of npm and pip, have a fixed time. */
export function tarArguments(folders, prefix = null) {
  return [
    '--create',
    '--format=gnu',
    '--numeric-owner',
    '--sort=name',
    `--mtime=@${prefix === null ? LATEST : 0}`,
    '--clamp-mtime',
    prefix === null ? `--transform=${MERGED}` : `--transform=flags=rh;s,^\\.,./${prefix},`,
    ...folders.flatMap((folder) => ['-C', folder, '.']),
  ];
}

/** Returns the arguments of GNU tar for the directories above a prefix, which a build stores with the files that it copies. */
function argumentsAbove(directory, prefix) {
  const folder = join(directory, 'above');
  const above = [];
  for (let path = dirname(prefix); path !== '.'; path = dirname(path)) above.unshift(path);
  for (const path of above) mkdirSync(join(folder, path), { recursive: true });
  return ['-C', folder, '--no-recursion', ...above, '--recursion'];
}

/** Writes a tar of folders. Returns its digest and size. */
async function layerOf(directory, folders, prefix = null) {
  const path = join(directory, 'layer.tar');
  const above = prefix === null ? [] : argumentsAbove(directory, prefix);
  run('tar', [`--file=${path}`, ...above, ...tarArguments(folders, prefix)]);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const digest = `sha256:${hash.digest('hex')}`;
  const blob = join(directory, 'blobs', digest.slice(7));
  mkdirSync(join(directory, 'blobs'), { recursive: true });
  if (existsSync(blob)) rmSync(path);
  else renameSync(path, blob);
  return { digest, size: statSync(blob).size };
}

/** Writes an OCI layout with these layers. */
function writeLayout(directory, layout, layers) {
  rmSync(layout, { recursive: true, force: true });
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (value) => {
    const text = JSON.stringify(value);
    const hex = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hex), text);
    return { digest: `sha256:${hex}`, size: text.length };
  };
  for (const { digest } of layers) {
    const hex = digest.slice(7);
    if (!existsSync(join(layout, 'blobs/sha256', hex)))
      linkSync(join(directory, 'blobs', hex), join(layout, 'blobs/sha256', hex));
  }
  const config = put({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    history: ['base', 'RUN apt-get install', 'COPY packages', 'COPY code']
      .slice(0, layers.length)
      .map((by) => ({ created_by: by })),
  });
  const type = (what) => `application/vnd.oci.image.${what}`;
  const manifest = put({
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config: { mediaType: type('config.v1+json'), ...config },
    layers: layers.map((layer) => ({ mediaType: type('layer.v1.tar'), ...layer })),
  });
  const index = { schemaVersion: 2, manifests: [{ mediaType: type('manifest.v1+json'), ...manifest }] };
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

/** The ten days of the two series, and where their files are in an image. */
const SERIES = {
  web: { libraries: 'npm', prefix: 'srv/app/node_modules', every: 1 },
  python: { libraries: 'pip', prefix: 'opt/app/lib/python3.11/site-packages', every: 2 },
};

/** Returns the days of folders of a directory. */
const daysOf = (directory, kind) =>
  readdirSync(directory)
    .filter((name) => name.startsWith(`${kind}-`))
    .map((name) => name.slice(kind.length + 1))
    .sort();

/**
 * Makes the images of a series. Returns for each its layout and what it is made of.
 *
 * @param name `web` or `python`
 */
export async function makeSeries(directory, name) {
  const { libraries, prefix, every } = SERIES[name];
  const debs = unpackDebs(directory);
  const series = [];
  const changed = { base: '', apt: '', time: { base: 0, apt: 0 } };
  const days = daysOf(directory, libraries);
  const codes = name === 'python' ? daysOf(directory, 'code') : [];
  for (let step = 0; step < 10; step++) {
    const day = days[Math.floor(step / every)];
    const time = Date.parse(day) / 1000;
    const installed = [...debs.values()].map(
      (versions) => versions.findLast(({ built }) => built <= time) ?? versions[0],
    );
    const [base, apt] = [true, false].map((isBase) =>
      installed.filter((each) => BASE.has(each.name) === isBase),
    );
    const key = (of) => of.map((each) => `${each.name}=${each.version}`).join(' ');
    if (key(base) !== changed.base) changed.time.base = time;
    if (key(installed) !== changed.apt) changed.time.apt = time;
    Object.assign(changed, { base: key(base), apt: key(installed) });
    const foldersOf = (packages, recorded, at) => {
      const records = join(directory, 'records');
      writeRecords(records, packages, recorded, at);
      return [...packages.map(({ root }) => join(root, 'files')), records];
    };
    const folder = join(directory, `${libraries}-${day}`, libraries === 'npm' ? 'node_modules' : '');
    const layers = [
      await layerOf(directory, foldersOf(base, base, changed.time.base)),
      await layerOf(directory, foldersOf(apt, installed, changed.time.apt)),
      // npm and uv give files the time of the installation: they are copied with a fixed one.
      await layerOf(directory, [folder], prefix),
    ];
    const code = codes[step] === undefined ? null : join(directory, `code-${codes[step]}`);
    if (code !== null) layers.push(await layerOf(directory, [code], 'opt/app/src'));
    const layout = join(directory, `image-${name}-${step}`);
    writeLayout(directory, layout, layers);
    series.push({ step, time, layout, installed, libraries, folder, prefix, code });
  }
  return series;
}
