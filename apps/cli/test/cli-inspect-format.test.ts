import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

describe('layers inspect --format', () => {
  it('prints a template over an image, with the names of docker', () => {
    const { status, stdout, stderr } = layers(['inspect', '-f', '{{.Config.Labels}} {{.RepoTags}}', demo]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      'map[org.opencontainers.image.title:bramble org.opencontainers.image.version:1.4.0] [bramble:1.4]\n',
    );
  });

  it('prints a line for each image', () => {
    const { stdout } = layers(['inspect', '--format', '{{len .RootFS.Layers}}', demo, demo]);
    expect(stdout).toBe('5\n5\n');
  });

  it('prints everything that a template can use', () => {
    const document = JSON.parse(layers(['inspect', '-f', 'json', demo]).stdout);
    expect(document).toMatchObject({
      Id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      RepoTags: ['bramble:1.4'],
      Config: { User: 'bramble', ExposedPorts: { '8080/tcp': {} } },
      RootFS: { Type: 'layers' },
    });
    expect(JSON.parse(layers(['inspect', '-f', '{{json .}}', demo]).stdout)).toEqual(document);
    expect(layers(['inspect', '-f', '{{.ID}}', demo]).stdout).toBe(`${document.Id}\n`);
    // Stored, not unpacked: the layers are not read.
    const { layers: parts } = JSON.parse(layers(['inspect', '--json', demo]).stdout);
    expect(document.Size).toBe(
      parts.reduce((sum: number, { storedBytes }: { storedBytes: number }) => sum + storedBytes, 0),
    );
  });

  it.each([
    ['{{.Nothing}}', "can't evaluate field Nothing in type image.InspectResponse"],
    ['{{.Config.Labels', 'unclosed action'],
    ['{{size .}}', 'function "size" not defined'],
  ])('%s is an error of usage', (template, message) => {
    const { status, stdout, stderr } = layers(['inspect', '-f', template, demo]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('[ERR_LAYERS_TEMPLATE]');
    expect(stderr).toContain('hint: ');
  });

  it('prints values of an image as they are in a pipe', () => {
    const out = join(mkdtempSync(join(scratch.folder, 'out-')), 'odd.tar');
    expect(layers(['config', demo, '--label', 'odd=\u001b[31m\u202e', '-o', out]).status).toBe(0);
    expect(layers(['inspect', '-f', '{{.Config.Labels.odd}}', out]).stdout).toBe('\u001b[31m\u202e\n');
  });

  it('is refused beside what reads layers', () => {
    expect(layers(['inspect', '-f', 'json', '--verify', demo]).status).toBe(2);
  });
});

describe('layers history --format', () => {
  it('prints a template for each step, the newest first', () => {
    const { status, stdout } = layers(['history', '--format', '{{.Size}} {{.CreatedBy}}', demo]);
    const { history } = JSON.parse(layers(['history', '--json', demo]).stdout);
    const lines = stdout.trimEnd().split('\n');
    expect([status, lines.length]).toEqual([0, history.length]);
    expect(lines.at(-1)).toContain(history.at(-1).createdBy.slice(0, 40));
    expect(layers(['history', '--format', '{{.ID}}', '--no-trunc', demo]).stdout).toMatch(
      /^sha256:[0-9a-f]{64}\n<missing>\n/,
    );
  });

  it('is refused with another form', () => {
    expect(layers(['history', '--format', 'json', '--json', demo]).status).toBe(2);
  });
});
