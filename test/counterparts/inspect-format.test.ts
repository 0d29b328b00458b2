import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Daemon, type Docker, dockerAt, startDaemon } from './docker.ts';
import { command } from './layers-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-format-'));
const archive = join(folder, 'testo.tar');
const store = join(folder, 'store');
let daemon: Daemon;
let docker: Docker;

const layers = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)('node', [command, ...args], {
    env: { ...process.env, LAYERS_STORE: store },
  });
  return stdout;
};

const CHANGES = [
  'LABEL maintainer="Someone <someone@example.org>" version=777',
  'ENV GREETING=hello PATH=/bin',
  'ENTRYPOINT ["/bin/run", "-x"]',
  'CMD ["a b", "c"]',
  'EXPOSE 8080 53/udp',
  'VOLUME /data',
  'USER app',
  'WORKDIR /srv',
  'ONBUILD RUN true',
];

beforeAll(async () => {
  daemon = await startDaemon('vfs');
  docker = dockerAt(daemon.socket);
  const tar = buildTar([{ path: 'hello', data: new TextEncoder().encode('hello') }]);
  await docker(['import', ...CHANGES.flatMap((change) => ['--change', change]), '-', 'testo'], {
    input: tar,
  });
  await docker(['save', '-o', archive, 'testo']);
  await layers('load', '-i', archive);
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Both programs read the clock; the client's output has lost its last line feed. */
const comparable = (text: string): string => text.trimEnd().replaceAll(/\d+ seconds? ago/g, 'AGO');

describe('images and history --format print what docker prints', () => {
  it.each([
    '{{.Repository}}:{{.Tag}} {{.ID}}',
    'table {{.ID}}\\t{{.Repository}}\\t{{.Tag}}',
    'table {{.Repository | upper}} {{.Tag}}',
    '{{.CreatedAt | printf "%.10s"}}',
    '{{if eq .Tag "latest"}}{{json .Repository}}{{end}}',
    '{{.ID}}: {{.Repository}}',
    '{{.ID}} {{.CreatedSince}} {{.CreatedAt}}',
    'table {{.Repository}}\\t{{.Tag}}\\t{{.CreatedSince}}',
    '{{pad .Repository 5 10}}|',
    '{{truncate .Repository 3}} {{title .Repository}} {{lower .Repository}}',
    '{{split .Repository "s"}} {{join (split .Repository "s") " , "}}',
    '{{println .Repository}}',
  ])('images: %s', async (template) => {
    const printed = await docker(['images', '--format', template, 'testo']);
    expect(comparable(await layers('images', '--format', template, 'testo'))).toBe(comparable(printed));
  });

  it.each([
    '{{.ID}} {{.CreatedBy}}|{{.Comment}}|{{.Size}}',
    'table {{.ID}}\\t{{.Size}}\\t{{.Comment}}',
    '{{.CreatedAt | printf "%.10s"}}',
    '{{.ID}}: {{.CreatedSince}}',
    'table {{.ID}}\\t{{.CreatedSince}}',
  ])('history: %s', async (template) => {
    const printed = await docker(['history', '--format', template, 'testo']);
    expect(comparable(await layers('history', '--format', template, archive))).toBe(comparable(printed));
  });

  it('with json, a line has the fields of docker', async () => {
    const keys = (line: string) => Object.keys(JSON.parse(line));
    expect(keys(await layers('images', '--format', 'json', 'testo'))).toEqual(
      keys(await docker(['images', '--format', '{{json .}}', 'testo'])),
    );
    expect(keys(await layers('history', '--format', 'json', archive))).toEqual(
      keys(await docker(['history', '--format', '{{json .}}', 'testo'])),
    );
  });

  it('a field that docker does not have fails with both', async () => {
    await expect(docker(['images', '--format', '{{.Nothing}}', 'testo'])).rejects.toThrow();
    await expect(layers('images', '--format', '{{.Nothing}}')).rejects.toMatchObject({ code: 2 });
  });
});

describe('inspect --format prints what docker image inspect prints', () => {
  it.each([
    '{{.Config.Labels}}',
    '{{index .Config.Labels "version"}}',
    '{{.Config.Labels.none}}',
    '{{.Id}} {{.RepoTags}} {{.Architecture}} {{.Os}}',
    '{{.ID}}',
    '{{join .RepoTags ","}}',
    '{{range .Config.Env}}{{println .}}{{end}}',
    '{{.Config.Env}} {{.Config.Cmd}} {{.Config.Entrypoint}}',
    '{{.Config.ExposedPorts}} {{.Config.Volumes}}',
    '{{range $port, $_ := .Config.ExposedPorts}}[{{$port}}]{{end}}',
    '{{.Config.User}} {{.Config.WorkingDir}} {{.Config.OnBuild}}',
    '{{json .Config.Labels}} {{json .RootFS}} {{json .Config.Cmd}}',
    '{{json .Config.ExposedPorts}} {{json .Config.Volumes}}',
    '{{len .RootFS.Layers}} {{.RootFS.Type}} {{.RootFS.Layers}}',
    '{{.Created}}',
    '{{with .Config}}{{.User | upper | printf "%-6s|"}}{{end}}',
    '{{if .Config.Healthcheck}}yes{{else}}no{{end}}',
    '{{json .Config}}',
    '{{.Parent}} {{.Comment}} {{.Author}}',
    '{{range $i, $layer := .RootFS.Layers}}{{$i}}={{slice $layer 7 19}} {{end}}',
  ])('%s', async (template) => {
    const expected = `${await docker(['image', 'inspect', '-f', template, 'testo'])}\n`;
    expect((await layers('inspect', '-f', template, archive)).trimEnd()).toBe(expected.trimEnd());
    expect((await layers('inspect', '-f', template, 'testo')).trimEnd()).toBe(expected.trimEnd());
    expect((await layers('image', 'inspect', '--format', template, 'testo')).trimEnd()).toBe(
      expected.trimEnd(),
    );
  });

  it.each(['{{.Nothing}}', '{{.Config.Nothing}}', '{{.Id', '{{fail .}}', '{{index .RepoTags 7}}'])(
    '%s fails with both',
    async (template) => {
      await expect(docker(['image', 'inspect', '-f', template, 'testo'])).rejects.toThrow();
      await expect(layers('inspect', '-f', template, archive)).rejects.toMatchObject({ code: 2, stdout: '' });
    },
  );
});
