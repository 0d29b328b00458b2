import { gzipSync } from 'node:zlib';
import { type Secret, type SecretPlace, secretsDocument } from '@layers/insight/secrets';
import { analysed, INPUTS } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { githubToken, pem } from '@layers/testing/made-secrets';
import { leaksOf, PLANTED, plantedArchive } from '@layers/testing/planted-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();

async function secretsOf(archive: Buffer, options: Parameters<typeof secretsDocument>[1] = {}) {
  return secretsDocument(await analysed({ path: scratch.file(archive) }), options);
}

function line({ severity, rule, mask, length, place }: Secret): string {
  return `${severity} ${rule} ${mask} ${length} ${placeText(place)}`;
}

function placeText(place: SecretPlace): string {
  if (place.kind !== 'file') return `${place.kind} ${place.field} ${place.key} ${place.layer}`;
  const { layer, path, line: number, isVisible, removedBy } = place;
  const state = isVisible ? 'visible' : `${removedBy?.cause} by ${removedBy?.layer}`;
  return `file ${layer} ${path}:${number} ${state}`;
}

const GITHUB = 'error github-token ghp_**** 40';
const EXPECTED = [
  `${GITHUB} env config.Env[2] GITHUB_TOKEN null`,
  'error url-password-in-config **** 13 env config.Env[3] DATABASE_URL null',
  `${GITHUB} label config.Labels.com.example.token com.example.token null`,
  `${GITHUB} healthcheck config.Healthcheck.Test[1] null null`,
  `${GITHUB} config config.Entrypoint[2] null null`,
  `${GITHUB} build-argument history[0].created_by null 0`,
  `${GITHUB} history history[0].created_by null 0`,
  `${GITHUB} build-argument history[1].created_by null null`,
  `${GITHUB} history history[2].comment null 1`,
  `${GITHUB} file 0 /app/visible.txt:3 visible`,
  `${GITHUB} file 0 /app/deleted.txt:1 deleted by 1`,
  `${GITHUB} file 0 /app/overwritten.txt:1 overwritten by 1`,
  `${GITHUB} file 0 /app/old-name:1 deleted by 1`,
  `${GITHUB} file 0 /gone/inner/file:1 deleted by 1`,
  `${GITHUB} file 0 /opaque/file:1 deleted by 1`,
  'error private-key -----BEGIN RSA PRIVATE KEY-----**** 779 file 0 /root/key.pem:2 visible',
  `${GITHUB} file 0 /bin/program:null visible`,
  `${GITHUB} file 0 /srv/wide.txt:null visible`,
  `${GITHUB} file 0 /srv/ghp_****:1 visible`,
  'error netrc-password **** 15 file 0 /root/.netrc:1 visible',
  `${GITHUB} file 1 /app/new-name:1 visible`,
  'warning password-variable **** 14 env config.Env[1] DB_PASSWORD null',
];

describe('the secrets of an image', () => {
  it.each([
    ['uncompressed layers', null, 'hybrid'],
    ['gzip layers', 'gzip', 'hybrid'],
    ['the legacy form', null, 'legacy'],
  ] as const)('are found at every kind of place, in %s', async (_, compression, form) => {
    const document = await secretsOf(plantedArchive(compression, form));
    expect(document.secrets.map(line)).toEqual(EXPECTED);
  });

  it.each(INPUTS.filter(([way]) => way !== 'a pipe'))('are the same from %s', async (_, input) => {
    const analysis = await analysed(input(plantedArchive('gzip'), scratch));
    expect((await secretsDocument(analysis)).secrets.map(line)).toEqual(EXPECTED);
  });

  it('are found in one pass over an archive that is compressed as a whole', async () => {
    const analysis = await analysed({ path: scratch.file(gzipSync(plantedArchive())) });
    const { image } = analysis;
    let passes = 0;
    const { reopen } = image.archive;
    if (reopen === null) throw new Error('the archive is a stream');
    const archive = {
      ...image.archive,
      reopen: () => {
        passes++;
        return reopen();
      },
    };
    const document = await secretsDocument({ ...analysis, image: { ...image, archive } });
    expect(document.secrets.map(line)).toEqual(EXPECTED);
    expect(image.layers.length).toBeGreaterThan(1);
    expect(passes).toBe(1);
  });

  it('are nowhere in the document', async () => {
    const document = await secretsOf(plantedArchive(), { severity: 'note' });
    expect(leaksOf(JSON.stringify(document))).toEqual([]);
    expect(leaksOf(JSON.stringify(PLANTED))).toHaveLength(Object.keys(PLANTED).length);
  });

  it('have the instruction of their layer, without secrets', async () => {
    const { secrets } = await secretsOf(plantedArchive());
    const places = secrets.map(({ place }) => place.instruction).filter((text) => text !== null);
    expect(new Set(places)).toEqual(
      new Set([
        'RUN |1 TOKEN=ghp_**** /bin/sh -c git clone https://x:ghp_****@github.com/a',
        'ARG KEY=ghp_****',
        'RUN rm -r /gone',
      ]),
    );
  });

  it('are counted where they are not listed', async () => {
    const { secrets, totals } = await secretsOf(plantedArchive(), { severity: 'error' });
    expect(secrets.every(({ severity }) => severity === 'error')).toBe(true);
    expect(totals).toMatchObject({ error: 21, warning: 0, hidden: 1, hiddenInPackages: 0, known: 0 });
  });

  it('are found before the damage of a layer', async () => {
    const token = githubToken(1);
    const archive = archiveOf([
      [
        { path: 'a', data: Buffer.from(token) },
        { path: 'bad', data: Buffer.from('x') },
      ],
    ]);
    const header = archive.indexOf('bad\0');
    archive.fill(0x78, header, header + 400);
    const { secrets, findings } = await secretsOf(archive);
    expect(secrets.map(({ place }) => place.kind === 'file' && place.path)).toEqual(['/a']);
    expect(findings.map(({ code }) => code)).toContain('layer-unreadable');
  });

  it('of a layer with two positions are reported for both', async () => {
    const layer = [{ path: 'a', data: Buffer.from(githubToken(1)) }];
    const { secrets } = await secretsOf(archiveOf([layer, layer]));
    expect(secrets.map(({ place }) => place.layer)).toEqual([0, 1]);
  });

  it('are found by worker threads', async () => {
    const fill = Buffer.alloc(1_500_000, 'no secret here\n');
    const layers = [1, 2, 3].map((seed) => [
      { path: `fill${seed}`, data: fill },
      { path: `a${seed}`, data: Buffer.from(githubToken(seed)) },
    ]);
    const analysis = await analysed({ path: scratch.file(archiveOf(layers)) });
    const reports: number[] = [];
    const { secrets, totals } = await secretsDocument(analysis, {
      threads: 2,
      onProgress: ({ doneBytes }) => reports.push(doneBytes),
    });
    expect(secrets.map(({ place }) => place.kind === 'file' && place.path)).toEqual(['/a1', '/a2', '/a3']);
    expect(totals.scannedBytes).toBe(3 * 1_500_040);
  });

  it('stop being searched when the signal is aborted', async () => {
    const analysis = await analysed({ path: scratch.file(plantedArchive()) });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(secretsDocument(analysis, { signal })).rejects.toThrow('enough');
  });
});

describe('an image full of secrets', () => {
  it('lists some, and counts the others', async () => {
    const file = (name: string, from: number) => ({
      path: name,
      data: Buffer.from(Array.from({ length: 400 }, (_, i) => githubToken(from + i)).join('\n')),
    });
    const layers = [0, 1].map((layer) =>
      [0, 1, 2, 3].map((i) => file(`f${layer}${i}`, layer * 1600 + i * 400 + 1)),
    );
    const Env = Array.from({ length: 1100 }, (_, i) => `T${i}=${githubToken(i + 1)}`);
    const { secrets, totals } = await secretsOf(archiveOf(layers, { form: 'hybrid' }, { config: { Env } }));
    expect(secrets).toHaveLength(3000);
    expect(totals.notListed).toBe(1200 + 100);
  });
});

describe('texts of the image in the document', () => {
  it('have no secrets', async () => {
    const token = githubToken(1);
    const path = Buffer.concat([Buffer.from(`${token}/..//../`), Buffer.from([0xff])]);
    const archive = archiveOf(
      [[{ path: `../../${token}` }, { path }]],
      { form: 'hybrid' },
      {
        architecture: token,
        created: token,
        variant: token,
      },
    );
    const document = await secretsOf(archive);
    expect(document.findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(document)).not.toContain(token);
  });
});

describe('fingerprints', () => {
  const ofFile = (content: string, path = 'root/.netrc') =>
    secretsOf(archiveOf([[{ path, data: Buffer.from(content) }]])).then(
      ({ secrets }) => secrets[0]?.fingerprint,
    );

  it('of a password do not depend on it', async () => {
    const password = (text: string): string => `machine a login b password ${text}`;
    expect(await ofFile(password('horse7'))).toBe(await ofFile(password('another8')));
  });

  it('of a random token depend on it, and on its path', async () => {
    const first = await ofFile(githubToken(1), 'a');
    expect(await ofFile(`\n\n${githubToken(1)}`, 'a')).toBe(first);
    expect(await ofFile(githubToken(2), 'a')).not.toBe(first);
    expect(await ofFile(githubToken(1), 'b')).not.toBe(first);
  });
});

describe('a baseline', () => {
  it('hides what an earlier scan found, each as often as it was found', async () => {
    const { parseBaseline } = await import('@layers/insight/secrets');
    const token = githubToken(1);
    const before = await secretsOf(archiveOf([[{ path: 'a', data: Buffer.from(token) }]]));
    const baseline = parseBaseline(JSON.stringify(before), 'baseline.json');
    const layer = [{ path: 'a', data: Buffer.from(token) }];
    const other = [{ path: 'b', data: Buffer.from(pem('EC PRIVATE KEY')) }];
    const after = await secretsOf(archiveOf([layer, layer, other]), { baseline });
    expect(after.secrets.map(({ rule, place }) => [rule, place.layer])).toEqual([
      ['github-token', 1],
      ['private-key', 2],
    ]);
    expect(after.totals.known).toBe(1);
  });

  it.each([
    '',
    'hunter2',
    '[]',
    '{"secrets": {}}',
    '{"secrets": ["hunter2"]}',
    '{"secrets": [{"fingerprint": 5}]}',
  ])('is refused without being quoted: %j', async (text) => {
    const { parseBaseline } = await import('@layers/insight/secrets');
    const parse = () => parseBaseline(text, 'b.json');
    expect(parse).toThrow(expect.objectContaining({ code: 'ERR_LAYERS_BASELINE' }));
    expect(parse).not.toThrow('hunter2');
  });
});
