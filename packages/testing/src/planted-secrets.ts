import { archiveOf } from './diff-archives.ts';
import { githubToken, pem } from './made-secrets.ts';
import type { EntrySpec } from './tar-builder.ts';

/** Secrets at every kind of place, each another one. None of them may be in any output. */
export const PLANTED = {
  visible: githubToken(1),
  deleted: githubToken(2),
  overwritten: githubToken(3),
  renamed: githubToken(4),
  withDirectory: githubToken(5),
  opaque: githubToken(6),
  key: pem('RSA PRIVATE KEY'),
  env: 'horse-battery7',
  envToken: githubToken(7),
  label: githubToken(8),
  command: githubToken(9),
  comment: githubToken(10),
  buildArgument: githubToken(11),
  argument: githubToken(12),
  healthcheck: githubToken(13),
  entrypoint: githubToken(14),
  binary: githubToken(15),
  wide: githubToken(16),
  pathName: githubToken(17),
  netrc: 'staple-of-horse',
  url: 'correct-horse',
} as const;

const text = (content: string): Buffer => Buffer.from(content);

const LAYERS: readonly (readonly EntrySpec[])[] = [
  [
    { path: 'app/', type: 'directory' },
    { path: 'app/visible.txt', data: text(`a\nb\ntoken ${PLANTED.visible}\n`) },
    { path: 'app/deleted.txt', data: text(PLANTED.deleted) },
    { path: 'app/overwritten.txt', data: text(PLANTED.overwritten) },
    { path: 'app/old-name', data: text(PLANTED.renamed) },
    { path: 'gone/inner/file', data: text(PLANTED.withDirectory) },
    { path: 'opaque/file', data: text(PLANTED.opaque) },
    { path: 'root/key.pem', data: text(PLANTED.key) },
    {
      path: 'bin/program',
      data: Buffer.concat([Buffer.alloc(70_000, '\x7fELF\0'), text(`\0${PLANTED.binary}\0`)]),
    },
    { path: 'srv/wide.txt', data: Buffer.from(`x ${PLANTED.wide}`, 'utf16le') },
    { path: `srv/${PLANTED.pathName}`, data: text(`${PLANTED.pathName}\n`) },
    { path: 'root/.netrc', data: text(`machine a login b password ${PLANTED.netrc}\n`) },
  ],
  [
    { path: 'app/.wh.deleted.txt' },
    { path: 'app/overwritten.txt', data: text('clean') },
    { path: 'app/.wh.old-name' },
    { path: 'app/new-name', data: text(PLANTED.renamed) },
    { path: '.wh.gone' },
    { path: 'opaque/.wh..wh..opq' },
    { path: 'opaque/other', data: text('clean') },
  ],
];

const CONFIG = {
  config: {
    Env: [
      'PATH=/usr/bin',
      `DB_PASSWORD=${PLANTED.env}`,
      `GITHUB_TOKEN=${PLANTED.envToken}`,
      `DATABASE_URL=postgres://me:${PLANTED.url}@db/x`,
    ],
    Labels: { 'com.example.token': PLANTED.label, harmless: 'yes' },
    Healthcheck: { Test: ['CMD-SHELL', `curl -u x:${PLANTED.healthcheck} http://localhost`] },
    Entrypoint: ['/bin/app', '--token', PLANTED.entrypoint],
  },
  history: [
    {
      created: '2024-01-01T00:00:00Z',
      created_by: `RUN |1 TOKEN=${PLANTED.buildArgument} /bin/sh -c git clone https://x:${PLANTED.command}@github.com/a # buildkit`,
    },
    { created: '2024-01-01T00:00:00Z', created_by: `ARG KEY=${PLANTED.argument}`, empty_layer: true },
    { created: '2024-01-01T00:00:00Z', created_by: 'RUN rm -r /gone', comment: PLANTED.comment },
  ],
};

/** An archive with all planted secrets, with layers of one form. */
export function plantedArchive(
  compression: 'gzip' | null = null,
  form: 'hybrid' | 'legacy' = 'hybrid',
): Buffer {
  return archiveOf(LAYERS, { form, compression }, CONFIG);
}

/** The parts of a secret that no output may have: lines of a key, halves of a token. */
export function leaksOf(output: string): string[] {
  return Object.entries(PLANTED).flatMap(([name, secret]) => {
    const lines = secret.includes('\n') ? secret.split('\n').slice(1, -2) : [secret, secret.slice(-12)];
    return lines.some((line) => output.includes(line)) ? [name] : [];
  });
}
