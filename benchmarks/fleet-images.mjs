// Makes a fleet of the packages that fleet-packages.sh downloaded: layouts of one repository each, with ten tags that share layers:
//
//     benchmarks/fleet-packages.sh DIRECTORY
//     node benchmarks/fleet-images.mjs DIRECTORY [IMAGES [MORE]]     # default: 1,000; then MORE tags of the first repository
//
// A base of a distribution and a layer of apt are in the images of many repositories; a layer of npm or pip differs a little from tag to
// tag; each image has a layer of sources. The layouts are in DIRECTORY/images, and have the same blobs as hard links.
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressed, pieceOf, readParts } from './fleet-parts.mjs';
import { entryOf, header } from './image-writer.mjs';

const [directory = '', images = '1000', more = '0'] = process.argv.slice(2);
const TAGS = 10;
const DAY = 86_400;
const START = Date.parse('2025-09-01') / 1000;

/** A number from 0 to 1 that looks random, always the same for the same words. */
function random(...words) {
  return createHash('sha256').update(words.join(' ')).digest().readUInt32BE() / 2 ** 32;
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A piece of files with the texts or bytes of `files`, by path. */
function filesPiece(name, files) {
  const blocks = [];
  for (const [path, content] of files) {
    const bytes = Buffer.from(content);
    const { type, mode, size } = entryOf(path, '0', 0o644, bytes);
    blocks.push(header(path, type, mode, size), bytes, Buffer.alloc((512 - (size % 512)) % 512));
  }
  return pieceOf(name, '', Buffer.concat(blocks));
}

const end = pieceOf('end', '', Buffer.alloc(0));
end.tar = Buffer.alloc(1024);
const blobs = join(directory, 'blobs');
mkdirSync(blobs, { recursive: true });
const known = new Map();
const totals = { layers: 0, rows: 0, tarBytes: 0, storedBytes: 0 };

/** Writes a layer of pieces, once. */
function layerOf(pieces, compression) {
  const all = [...pieces, end];
  const key = sha256(`${compression} ${all.map((piece) => (piece.id ??= sha256(piece.tar))).join(' ')}`);
  const before = known.get(key);
  if (before !== undefined) return before;
  const [diffId, digest] = [createHash('sha256'), createHash('sha256')];
  const chunks = all.map((piece) => compressed(piece, compression));
  for (const { tar } of all) diffId.update(tar);
  for (const chunk of chunks) digest.update(chunk);
  const layer = { diffId: diffId.digest('hex'), digest: digest.digest('hex'), compression };
  layer.size = chunks.reduce((sum, { length }) => sum + length, 0);
  const path = join(blobs, layer.digest);
  if (!existsSync(path)) writeFileSync(path, Buffer.concat(chunks));
  known.set(key, layer);
  totals.layers++;
  totals.storedBytes += layer.size;
  for (const { rows, tar } of pieces) {
    totals.rows += rows;
    totals.tarBytes += tar.length;
  }
  return layer;
}

/** The version of a package at a step from 0 to 1: each package has steps of its own. */
function versionAt(versions, step, ...words) {
  const at = step * versions.length + random('jitter', ...words) - 0.5;
  return versions[Math.max(0, Math.min(versions.length - 1, Math.floor(at)))];
}

const parts = readParts(directory);
for (const [kind, packages] of Object.entries(parts)) {
  const newest = packages.map((versions) => versions.at(-1));
  const rows = newest.reduce((sum, piece) => sum + piece.rows, 0);
  console.error(
    kind,
    packages.length,
    'packages',
    rows,
    'entries',
    newest.reduce((sum, { tar }) => sum + tar.length, 0),
    'bytes',
  );
}
if (images === '0') process.exit();

const BASE =
  /^(base-files|bash|coreutils|debconf|dpkg|gcc-12-base|lib(acl1|attr1|bz2-1.0|c6|crypt1|gcc-s1|gmp10|lzma5|md0|pcre2-8-0|selinux1|ssl3|tinfo6|zstd1)|netbase|perl-base|tar|tzdata|zlib1g)$/;
const APT = [
  /^(nginx|libnginx|media-types)/,
  /^(python3|libpython3|libexpat|libsqlite|openssl)/,
  /^(perl|libperl|git|liberror)/,
  /^(postgresql|libpq|libreadline|readline)/,
  /^(curl|libcurl|openssh|libssh|ca-cert)/,
];
const status = (pieces) =>
  filesPiece('status', [
    [
      'var/lib/dpkg/status',
      pieces
        .map(({ control }) =>
          control.replace(/^Package: .*$/m, (line) => `${line}\nStatus: install ok installed`),
        )
        .join('\n'),
    ],
  ]);
const installed = (pieces) =>
  filesPiece('installed', [['lib/apk/db/installed', pieces.map(({ control }) => control).join('')]]);

const records = new Map();
/** The records of packages, made once. */
function recordOf(pieces, make) {
  const key = sha256(pieces.map(({ name, version }) => `${name}=${version}`).join(' '));
  if (!records.has(key)) records.set(key, make(pieces));
  return records.get(key);
}

/** Text of real sources, for the sources of applications. */
const sources = Buffer.concat(parts.api.slice(0, 40).map((versions) => versions[0].tar))
  .toString('latin1')
  .replace(/[^\x20-\x7e\n]/g, '');

function application(repository, tag, deps) {
  const count = 200 + Math.floor(random('count', repository) * 1800);
  const files = [];
  for (let file = 0; file < count; file++) {
    const at = Math.floor(random('at', repository, file) * (sources.length - 4000));
    const length = 200 + Math.floor(random('length', repository, file) * 2400);
    // A third of the files changes with each tag.
    const version = file % 3 === 0 ? tag : Math.floor(tag / 4);
    files.push([
      `srv/app/src/module-${file % 40}/file-${file}.js`,
      `// ${repository} ${file} ${version}\n${sources.slice(at, at + length)}`,
    ]);
  }
  const removed = deps[Math.floor(random('removed', repository, tag) * deps.length)];
  if (removed !== undefined && random('removes', repository, tag) < 0.2) {
    const path = /^\.\/(.*?)\/?\0/.exec(removed.tar.toString('latin1', 0, 100))?.[1];
    if (path !== undefined) files.push([path.replace(/([^/]+)$/, '.wh.$1'), '']);
  }
  return filesPiece('application', files);
}

/** The language of every 20 repositories; the others have packages of a distribution alone. */
const LANGUAGES = [
  ...[
    'web',
    'api',
    'web',
    'python',
    'web',
    'api',
    'web',
    'python',
    'web',
    'api',
    'web',
    'web',
    'python',
    'web',
    'api',
    'web',
  ],
];

/** The layers of an image: name, pieces and time of each. */
function layersOf(repository, tag) {
  const step = Math.min(0.999, tag / TAGS);
  // Some repositories stay on an old base.
  const baseStep = Math.floor(Math.max(0, step - (repository % 4) * 0.2) * 5) / 5;
  const kind = repository % 20;
  const isAlpine = kind === 19 && parts.alpine.length > 0;
  const baseParts = isAlpine ? parts.alpine : parts.debian.filter(([{ name }]) => BASE.test(name));
  const base = baseParts.map((versions) => versionAt(versions, baseStep, 'base', versions[0].name));
  const aptParts = isAlpine
    ? []
    : parts.debian.filter(([{ name }]) =>
        [repository % 5, (repository + 2) % 5].some((n) => APT[n].test(name)),
      );
  const apt = aptParts.map((versions) => versionAt(versions, baseStep, 'apt', versions[0].name));
  const language = LANGUAGES[kind] ?? null;
  const chosen =
    language === null
      ? []
      : parts[language].filter(([{ name }]) => random('chosen', repository, name) < 0.97);
  const deps = chosen.map((versions) => versionAt(versions, step, repository, versions[0].name));
  const time = START + baseStep * 400 * DAY;
  const built = START + (tag * 40 + random('day', repository)) * DAY;
  return [
    { by: 'base', time, pieces: [...base, recordOf(base, isAlpine ? installed : status)] },
    ...(apt.length === 0
      ? []
      : [
          {
            by: 'RUN apt-get install',
            time: time + DAY,
            pieces: [...apt, recordOf([...base, ...apt], status)],
          },
        ]),
    ...(deps.length === 0
      ? []
      : [
          { by: `RUN ${language === 'python' ? 'pip install' : 'npm ci'}`, time: built - 3600, pieces: deps },
        ]),
    { by: 'COPY . /srv/app', time: built, pieces: [application(repository, tag, deps)] },
  ];
}

const type = (what) => `application/vnd.oci.image.${what}`;
const dateOf = (time) => new Date(Math.floor(time) * 1000).toISOString();

/** Writes a layout of tags of a repository. */
function writeRepository(repository, tags) {
  const name = `team-${repository % 7}/service-${repository}`;
  const layout = join(directory, 'images', `service-${String(repository).padStart(3, '0')}`);
  rmSync(layout, { recursive: true, force: true });
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (value) => {
    const text = JSON.stringify(value);
    writeFileSync(join(layout, 'blobs/sha256', sha256(text)), text);
    return { digest: `sha256:${sha256(text)}`, size: text.length };
  };
  const manifests = tags.map((tag) => {
    const made = layersOf(repository, tag);
    const layers = made.map(({ pieces }) => layerOf(pieces, repository % 10 === 9 ? 'zstd' : 'gzip'));
    for (const { digest } of layers) {
      const link = join(layout, 'blobs/sha256', digest);
      if (!existsSync(link)) linkSync(join(blobs, digest), link);
    }
    const config = put({
      architecture: 'amd64',
      os: 'linux',
      created: dateOf(made.at(-1).time),
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => `sha256:${diffId}`) },
      history: made.map(({ by, time }) => ({ created: dateOf(time), created_by: by })),
    });
    const manifest = put({
      schemaVersion: 2,
      mediaType: type('manifest.v1+json'),
      config: { mediaType: type('config.v1+json'), ...config },
      layers: layers.map(({ digest, size, compression }) => ({
        mediaType: type(`layer.v1.tar+${compression}`),
        digest: `sha256:${digest}`,
        size,
      })),
    });
    const annotations = { 'io.containerd.image.name': `registry.example/${name}:1.${tag}` };
    return { mediaType: type('manifest.v1+json'), ...manifest, annotations };
  });
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}

const tagsFrom = (count) => Array.from({ length: count }, (_, tag) => tag);
if (Number(more) > 0) writeRepository(0, tagsFrom(TAGS + Number(more)));
else {
  const repositories = Math.ceil(Number(images) / TAGS);
  for (let repository = 0; repository < repositories; repository++) {
    writeRepository(repository, tagsFrom(Math.min(TAGS, Number(images) - repository * TAGS)));
    if (repository % 10 === 9 || repository === repositories - 1)
      console.error(repository + 1, JSON.stringify(totals));
  }
}
