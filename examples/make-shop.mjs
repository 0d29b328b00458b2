// Makes shop-1.0.tar and shop-1.1.tar in a directory: two releases of an invented Python program, as `docker save`
// writes images. The recipes in docs/recipes use them. Needs nothing but Node; the bytes are the same each time.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);
const TIME = 1_780_000_000;

/** Returns a ustar archive. A file is `[path, content, { uid, mode }]`; a directory has a path that ends with `/`. */
function tar(files) {
  const blocks = files.flatMap(([path, content = '', { uid = 0, mode = 0o644 } = {}]) => {
    const data = Buffer.from(content);
    const isDirectory = path.endsWith('/');
    const header = Buffer.alloc(512);
    const octal = (value, length) => `${value.toString(8).padStart(length - 1, '0')}\0`;
    header.write(path, 0);
    header.write(octal(isDirectory ? 0o755 : mode, 8), 100);
    header.write(octal(uid, 8) + octal(uid, 8), 108);
    header.write(octal(data.length, 12) + octal(TIME, 12), 124);
    header.write(`        ${isDirectory ? '5' : '0'}`, 148);
    header.write('ustar\x0000', 257);
    header.write(
      `${octal(
        header.reduce((sum, byte) => sum + byte, 0),
        7,
      )} `,
      148,
    );
    return [header, data, Buffer.alloc(-data.length & 511)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Returns bytes that look random and are the same each time. */
function noise(bytes, seed) {
  const parts = [];
  for (let i = 0; i * 32 < bytes; i++) parts.push(createHash('sha256').update(`${seed} ${i}`).digest());
  return Buffer.concat(parts).subarray(0, bytes);
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** Writes an image. A step is `[instruction, files]`; without files it makes no layer. */
function writeImage(tag, config, steps) {
  const layers = steps.filter(([, files]) => files !== undefined).map(([, files]) => tar(files));
  const created = (i) => new Date((TIME + i) * 1000).toISOString();
  const document = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: created(steps.length),
    config,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${sha256(layer)}`) },
    history: steps.map(([instruction, files], i) => ({
      created: created(i),
      created_by: instruction,
      ...(files === undefined ? { empty_layer: true } : {}),
    })),
  });
  const names = layers.map((layer) => `${sha256(layer)}/layer.tar`);
  const manifest = [{ Config: `${sha256(document)}.json`, RepoTags: [tag], Layers: names }];
  const files = [
    ...layers.map((layer, i) => [names[i], layer]),
    [`${sha256(document)}.json`, document],
    ['manifest.json', JSON.stringify(manifest)],
  ];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${tag.replace(':', '-')}.tar`), tar(files));
}

/** The database of Debian's packages. */
const dpkg = (packages) =>
  Object.entries(packages)
    .map(
      ([name, version]) =>
        `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: Nobody <nobody@example.org>\nVersion: ${version}\nDescription: an example\n`,
    )
    .join('\n');

const PACKAGES = { libssl3: '3.0.15-1', 'python3.12': '3.12.7-1' };
const base = (packages) => [
  `/bin/sh -c #(nop) ADD file:${sha256(dpkg(packages)).slice(0, 6)} in / `,
  [
    ['etc/'],
    ['etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'],
    ['etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nshop:x:1000:1000::/app:/bin/sh\n'],
    ['var/lib/dpkg/'],
    ['var/lib/dpkg/status', dpkg(packages)],
    ['usr/bin/python3.12', noise(700_000, 'python'), { mode: 0o755 }],
  ],
];
const SITE = 'usr/lib/python3.12/site-packages';
const flask = (version) => [
  [`${SITE}/flask/app.py`, noise(90_000, `flask ${version}`)],
  [
    `${SITE}/flask-${version}.dist-info/METADATA`,
    `Metadata-Version: 2.1\nName: Flask\nVersion: ${version}\n`,
  ],
  [`${SITE}/flask-${version}.dist-info/RECORD`, `flask/app.py,,\nflask-${version}.dist-info/METADATA,,\n`],
];
const SHOP = { Cmd: ['python3', '/app/shop.py'], WorkingDir: '/app' };
const server = (version) => `VERSION = "${version}"\nfrom flask import Flask\napp = Flask("shop")\n`;

// A key of nobody. It is put together here so that nobody takes this file for a leak.
const key = `-----BEGIN ${'RSA'} PRIVATE KEY-----\n${noise(1200, 'key').toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ${'RSA'} PRIVATE KEY-----\n`;

const app = [
  ['app/'],
  ['app/shop.py', server('1.0')],
  ['app/shop.conf', 'debug = true\nworkers = 2\n'],
  ['app/requirements.txt', 'flask\n'],
  ['app/catalog.db', noise(250_000, 'catalog')],
];
writeImage('shop:1.0', { ...SHOP, Env: ['PATH=/usr/bin:/bin'] }, [
  base(PACKAGES),
  ['ENV PATH=/usr/bin:/bin'],
  [
    'RUN /bin/sh -c apt-get update && apt-get install -y gcc # buildkit',
    [
      ['var/lib/dpkg/status', dpkg({ ...PACKAGES, gcc: '12.2.0-3' })],
      ['var/lib/apt/lists/'],
      [
        'var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages',
        noise(400_000, 'lists'),
      ],
      ['var/cache/apt/archives/'],
      ['var/cache/apt/archives/gcc_12.2.0-3_amd64.deb', noise(200_000, 'deb')],
      ['usr/bin/gcc', noise(500_000, 'gcc'), { mode: 0o755 }],
    ],
  ],
  [
    'COPY . /app # buildkit',
    [
      ...app,
      ['app/deploy.pem', key, { mode: 0o600 }],
      ['app/.git/objects/pack/pack-1.pack', noise(300_000, 'git')],
    ],
  ],
  [
    'RUN /bin/sh -c pip install -r /app/requirements.txt # buildkit',
    [...flask('3.0.2'), ['root/.cache/pip/http/flask.whl', noise(150_000, 'wheel')]],
  ],
  [
    'RUN /bin/sh -c chown -R shop:shop /app # buildkit',
    [
      ...[...app, ['app/.git/objects/pack/pack-1.pack', noise(300_000, 'git')]].map(([path, content]) => [
        path,
        content,
        { uid: 1000 },
      ]),
      ['app/deploy.pem', key, { uid: 1000, mode: 0o600 }],
    ],
  ],
  [
    'RUN /bin/sh -c rm -rf /app/deploy.pem /var/lib/apt/lists # buildkit',
    [['app/', '', { uid: 1000 }], ['app/.wh.deploy.pem'], ['var/lib/apt/'], ['var/lib/apt/.wh.lists']],
  ],
  ['CMD ["python3" "/app/shop.py"]'],
]);

writeImage('shop:1.1', { ...SHOP, Env: ['PATH=/usr/bin:/bin', 'TZ=UTC'], User: 'shop' }, [
  base({ ...PACKAGES, libssl3: '3.0.17-1' }),
  ['ENV PATH=/usr/bin:/bin TZ=UTC'],
  ['RUN /bin/sh -c pip install --no-cache-dir flask # buildkit', flask('3.1.0')],
  [
    'COPY --chown=shop:shop shop.py shop.conf requirements.txt catalog.db /app/ # buildkit',
    [
      ['app/'],
      ['app/shop.py', server('1.1')],
      ['app/shop.conf', 'debug = false\nworkers = 4\n'],
      ['app/requirements.txt', 'flask\n'],
      ['app/catalog.db', noise(250_000, 'catalog')],
    ].map(([path, content]) => [path, content, { uid: 1000 }]),
  ],
  ['USER shop'],
  ['CMD ["python3" "/app/shop.py"]'],
]);
