import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');
const demoOci = join(examples, 'demo-oci.tar');
const both = join(examples, 'two-images.tar');
const lines = (...args: readonly string[]): string[] => layers(args).stdout.trimEnd().split('\n');

/** Lists, with a field and the name of the same value in the items. */
const LISTS: readonly (readonly [words: readonly string[], field: string, name: string])[] = [
  [['list', both], 'Number', 'number'],
  [['ls', '-R', demo], 'Path', 'path'],
  [['waste', demo], 'Path', 'path'],
  [['history', demo], 'Comment', 'comment'],
  [['find', demo, '*.conf'], 'Path', 'path'],
  [['log', demo, '/etc/bramble/bramble.conf'], 'Change', 'change'],
  [['duplicates', demo], 'Copies', 'copies'],
  [['packages', demo], 'Name', 'name'],
  [['secrets', '--all', demo], 'Rule', 'rule'],
  [['pull-cost', demo, demoOci], 'FetchedLayers', 'totals.fetchedLayers'],
];

describe('--format of every list', () => {
  it.each(LISTS)('%j prints a line for each row', (words, field, name) => {
    const { status, stdout } = layers([...words, '--format', `{{.${field}}}\t{{.${name}}}`]);
    const listed = layers([...words, '--jsonl']);
    const expected = listed.stdout === '' ? [] : listed.stdout.trimEnd().split('\n');
    const values = expected
      .map((line) => name.split('.').reduce((of, part) => Object(of)[part], JSON.parse(line)))
      .map((value) => String(value ?? ''));
    // A value of JSON that is null has no text.
    expect(stdout.replaceAll('<no value>', '')).toBe(values.map((value) => `${value}\t${value}\n`).join(''));
    expect(status).toBe(listed.status);
  });

  it('prints trees, advice and evidence as rows, too', () => {
    expect(lines('tree', '-f', '{{.Depth}} {{.Path}} {{.files}}', demo, '/etc').slice(0, 2)).toEqual([
      expect.stringMatching(/^0 \/etc \d+$/),
      expect.stringMatching(/^1 \/etc\/\w+ \d+$/),
    ]);
    const { advice } = JSON.parse(layers(['advise', '--json', demo]).stdout);
    expect(lines('advise', '-f', '{{.Code}} {{.savableBytes}}', demo)).toEqual(
      advice.map(({ code, savableBytes }: Record<string, unknown>) => `${code} ${savableBytes}`),
    );
    expect(lines('base', '-f', '{{.From}} {{.Guess}}', demo)).toEqual(['history true']);
  });
});

describe('inspect --format with names of other tools', () => {
  it('has what podman, skopeo and the document of layers have', () => {
    const { image, totals } = JSON.parse(layers(['inspect', '--json', demoOci]).stdout);
    const show = (template: string) => layers(['inspect', '-f', template, demoOci]).stdout.trimEnd();
    expect(show('{{.Digest}}')).toBe(image.manifestDigest);
    expect(show('{{.Labels}} {{.User}}')).toBe(show('{{.Config.Labels}} {{.Config.User}}'));
    expect(show('{{.Env}}')).toBe(show('{{.Config.Env}}'));
    expect(show('{{.NamesHistory}} {{.VirtualSize}}')).toBe(show('{{.RepoTags}} {{.Size}}'));
    expect(show('{{len .Layers}} {{len .LayersData}} {{(index .LayersData 0).Digest}}')).toBe(
      `${totals.layers} ${totals.layers} ${show('{{index .Layers 0}}')}`,
    );
    expect(show('{{(index .History 0).CreatedBy}}')).toMatch(/ADD file:/);
    expect(show('{{.image.id}} {{.totals.wastedBytes}} {{printf "%.2f" .totals.efficiency}}')).toBe(
      `${image.id} ${totals.wastedBytes} ${totals.efficiency.toFixed(2)}`,
    );
    expect(show('{{.HealthCheck}} {{.Annotations}}')).toBe('<nil> map[]');
  });

  it('lists only the names of docker', () => {
    const document = JSON.parse(layers(['inspect', '-f', '{{json .}}', demo]).stdout);
    expect(Object.keys(document)).not.toContain('Digest');
    const { stderr } = layers(['inspect', '-f', '{{.Nothing}}', demo]);
    expect(stderr).toMatch(/hint: the fields are Id, RepoTags, .*, ID\n/);
  });
});

describe('a label of an image', () => {
  const LABELS = 'map[maintainer:someone@example.org version:777]\n';

  it('is printed from an archive and from the store', () => {
    const folder = mkdtempSync(join(scratch.folder, 'label-'));
    mkdirSync(join(folder, 'store'));
    const archive = join(folder, 'testo.tar');
    const env = { LAYERS_STORE: join(folder, 'store') };
    const unlabelled = ['--unset-label', '*', '--tag', 'testo'];
    const labels = ['--label', 'version=777', '--label', 'maintainer=someone@example.org'];
    expect(layers(['config', demo, ...unlabelled, ...labels, '-o', archive], { env }).status).toBe(0);
    expect(layers(['load', '-i', archive], { env }).status).toBe(0);
    for (const name of [archive, 'testo', 'store:testo:latest']) {
      expect(layers(['inspect', '-f', '{{.Config.Labels}}', name], { env }).stdout).toBe(LABELS);
      expect(layers(['image', 'inspect', '-f', '{{.Config.Labels}}', name], { env }).stdout).toBe(LABELS);
    }
    expect(
      layers(['images', '--format', '{{.Labels}} {{.RepoTags}} {{.Names}}', 'testo'], { env }).stdout,
    ).toBe(`${LABELS.trimEnd()} [testo:latest] [testo:latest]\n`);
    expect(layers(['images', '--format', '{{.Id}} {{.Dangling}}', 'testo'], { env }).stdout).toMatch(
      /^sha256:[0-9a-f]{64} false\n$/,
    );
  });
});
