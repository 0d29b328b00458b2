import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt, dockerClient } from './docker.ts';
import { command, layersCommand } from './layers-command.ts';
import { attempt, run } from './processes.ts';

/** Builds images, restores their Dockerfiles, builds those, and compares configs and file systems. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-dockerfile-'));
const context = join(folder, 'context');
let built = 0;

/** A builder of Dockerfiles. */
interface Builder {
  readonly name: string;
  /** Builds a directory, and writes the image to an archive. */
  build(directory: string, archive: string, args?: readonly string[]): Promise<void>;
}

function dockerBuilder(name: string, buildkit: '0' | '1'): Builder {
  return {
    name,
    async build(directory, archive, args = []) {
      const tag = `restored:${name}-${built++}`;
      const env = { ...process.env, DOCKER_CONFIG: join(folder, 'docker'), DOCKER_BUILDKIT: buildkit };
      const options = ['build', '--quiet', '--network', 'none', '--tag', tag, ...args, directory];
      await run(dockerClient, ['-H', `unix://${socket}`, ...options], { env });
      await docker(['save', '--output', archive, tag]);
      await docker(['rmi', '--force', tag]);
    },
  };
}

const podman = [
  '--root',
  join(folder, 'podman'),
  '--runroot',
  join(folder, 'run'),
  '--storage-driver',
  'vfs',
];

const BUILDERS: readonly Builder[] = [
  dockerBuilder('classic', '0'),
  dockerBuilder('buildkit', '1'),
  {
    name: 'podman',
    async build(directory, archive, args = []) {
      const tag = `localhost/restored:podman-${built++}`;
      // Only docker's format has SHELL, HEALTHCHECK and ONBUILD.
      const options = ['--format', 'docker', '--isolation', 'chroot', '--network', 'host', '--quiet'];
      await run('podman', [...podman, 'build', ...options, '--tag', tag, ...args, directory]);
      await run('podman', [...podman, 'save', '--quiet', '--output', archive, tag]);
    },
  },
];

/** Returns a directory with a Dockerfile and the files of the context. */
function source(dockerfile: string): string {
  const directory = mkdtempSync(join(folder, 'source-'));
  cpSync(context, directory, { recursive: true });
  writeFileSync(join(directory, 'Dockerfile'), dockerfile);
  return directory;
}

/** Restores the Dockerfile of an archive to a directory, and gets the files as its comments say. */
async function restored(archive: string, options: readonly string[] = []): Promise<string> {
  const directory = mkdtempSync(join(folder, 'restored-'));
  const text = await layersCommand(['dockerfile', ...options, archive]);
  writeFileSync(join(directory, 'Dockerfile'), `${text}\n`);
  const commands = [...text.matchAll(/^# To get the files: (.*)$/gm)].map(([, line]) => line);
  const prelude = `set -euo pipefail\ncd ${directory}\nlayers() { "${process.execPath}" "${command}" "$@"; }\n`;
  await run('bash', ['-c', prelude + commands.join('\n')]);
  return directory;
}

async function configOf(archive: string): Promise<Record<string, unknown>> {
  const document: { image: { config: Record<string, unknown> } } = JSON.parse(
    await layersCommand(['config', '--json', archive]),
  );
  // The builder itself sets these, and Docker makes no difference between a missing list and an empty one.
  const { Image, Hostname, ArgsEscaped, Cmd, Entrypoint, Env, OnBuild, Labels, WorkingDir, ...config } =
    document.image.config;
  const { 'io.buildah.version': _, ...labels } = Object(Labels);
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  return {
    ...config,
    WorkingDir: WorkingDir === undefined || WorkingDir === '' ? '/' : WorkingDir,
    Cmd: list(Cmd),
    Entrypoint: list(Entrypoint),
    Env: list(Env).sort(),
    OnBuild: list(OnBuild),
    Labels: labels,
  };
}

/** Checks that the Dockerfile of an image gives the same image. Returns its directory. */
async function expectSame(
  builder: Builder,
  dockerfile: string,
  args: readonly string[] = [],
  options: readonly string[] = [],
): Promise<string> {
  const archive = join(folder, `image-${built}.tar`);
  await builder.build(source(dockerfile), archive, args);
  const directory = await restored(archive, options);
  const again = join(folder, `again-${built}.tar`);
  try {
    await builder.build(directory, again);
    expect(await configOf(again)).toEqual(await configOf(archive));
    const { status, stdout } = await attempt(process.execPath, [
      command,
      'diff',
      '--only',
      'files',
      archive,
      again,
    ]);
    expect([status, stdout.toString()]).toEqual([0, expect.anything()]);
  } catch (error) {
    const text = await layersCommand(['dockerfile', ...options, archive]);
    throw new Error(`${builder.name}: ${dockerfile}\n---\n${text}`, { cause: error });
  }
  rmSync(archive);
  rmSync(again);
  return directory;
}

const HEAD = 'FROM scratch\nCOPY busybox /bin/sh\nCOPY busybox /bin/busybox\n';

describe.skipIf(socket === '')('the restored Dockerfile', () => {
  beforeAll(async () => {
    mkdirSync(join(context, 'd/e'), { recursive: true });
    const busybox = (await run('bash', ['-c', 'command -v busybox'])).toString().trim();
    cpSync(busybox, join(context, 'busybox'));
    writeFileSync(join(context, 'd/a'), 'a');
    writeFileSync(join(context, 'd/e/b'), 'b');
    writeFileSync(join(context, 'f g'), 'f');
    await run('tar', ['-cf', join(context, 't.tar'), '-C', context, 'd']);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(BUILDERS)('of $name gives the same config and files', async (builder) => {
    const shell = builder.name === 'podman' ? '["/bin/sh", "-c"]' : '["/bin/busybox", "sh", "-c"]';
    await expectSame(
      builder,
      `${HEAD}ARG G=glob
SHELL ${shell}
ARG X=1
ARG Y="a b"
RUN echo $X > /x && \\
  echo "$Y $G" \\
   b > /y && /bin/busybox mkdir -p /some/long/directory && echo text > /some/long/directory/file && echo done
RUN ["/bin/busybox", "touch", "/exec"]
SHELL ["/bin/sh", "-c"]
COPY --chown=1:2 d /d
COPY ["f g", "/f g"]
COPY d/a d/e/b /many/
COPY d/a /into/
ADD t.tar /unpacked
ENV A="b c" D='e"f' E=$X F="a\\\\b\\$c"
ENV G=2
LABEL a=b c="d e" f='g$"h'
EXPOSE 80 81/udp ${builder.name === 'podman' ? 90 : '90-92'}
VOLUME /v /w
VOLUME ["/v 1"]
HEALTHCHECK --interval=5s --timeout=1m30s --start-period=1500ms --retries=4 CMD echo a
STOPSIGNAL SIGTERM
ONBUILD RUN echo a
ONBUILD COPY a b
WORKDIR /wd
WORKDIR sub
RUN echo $PATH $A > here
ENTRYPOINT ["/bin/sh", "-c"]
CMD echo "hi" $A
USER 1:1
`,
      ['--build-arg', 'X=q "u" $o'],
    );
  });

  it.each(BUILDERS)('of $name keeps several lines of a command', async (builder) => {
    const script = 'set -e\n# a comment\n\necho \'a\n  # no comment\n\\\n\' > /out\n  echo "$0 \\\\" \n';
    await expectSame(builder, `${HEAD}RUN ${JSON.stringify(['/bin/sh', '-c', script])}\n`);
  });

  it.each(BUILDERS)('of $name resets what the base set', async (builder) => {
    await expectSame(
      builder,
      `${HEAD}CMD ["a"]\nENTRYPOINT []\nHEALTHCHECK CMD x\nHEALTHCHECK NONE\nUSER 5\nUSER 0\n`,
    );
  });

  const odd = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          '\\',
          '$',
          '${',
          '}',
          ' ',
          'a',
          'A=',
          '=',
          '#',
          'é',
          '\t',
          '`',
          '<<E',
          ':-',
        ),
        {
          maxLength: 12,
        },
      )
      .map((parts) => parts.join('')),
  );
  const word = (text: string) => `"${text.replace(/["\\$]/g, '\\$&')}"`;
  const names = ['A', 'B_1', 'c.d', 'E'];

  it.each(BUILDERS)('of $name has odd values', async (builder) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(odd, { minLength: 4, maxLength: 4 }),
        fc.array(odd, { minLength: 1, maxLength: 3 }),
        odd,
        async (values, words, text) => {
          const pairs = names.map((name, i) => `${name}=${word(values[i] ?? '')}`).join(' ');
          const echo = JSON.stringify(['/bin/sh', '-c', `: ${text}\n: ${text.replaceAll("'", '')}`]);
          // A command that a shell may refuse: its status does not matter.
          const run = JSON.stringify(['/bin/sh', '-c', `echo '${text.replaceAll("'", '')}' > /out`]);
          await expectSame(
            builder,
            `${HEAD}ENV ${pairs}\nLABEL ${pairs}\nRUN ${run}\nENTRYPOINT ${echo}\nCMD ${JSON.stringify(words)}\n`,
          );
        },
      ),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it.each(BUILDERS)('of $name begins with its base', async (builder) => {
    if (builder.name === 'podman') return;
    await docker(['import', join(context, 't.tar'), 'unused:1']);
    const base = source(`${HEAD}ENV A=1 B=2\nCMD ["base"]\nONBUILD ENV T=1\nONBUILD RUN echo t > /trigger\n`);
    const archive = join(folder, 'base.tar');
    await docker(['rmi', '--force', 'unused:1']);
    const env = {
      ...process.env,
      DOCKER_CONFIG: join(folder, 'docker'),
      DOCKER_BUILDKIT: builder.name === 'classic' ? '0' : '1',
    };
    await run(dockerClient, ['-H', `unix://${socket}`, 'build', '--quiet', '--tag', 'thebase:1', base], {
      env,
    });
    await docker(['save', '--output', archive, 'thebase:1']);
    const directory = await expectSame(
      builder,
      'FROM thebase:1\nENV B=3\nRUN echo $A$B > /ab\nENTRYPOINT ["x"]\n',
      [],
      ['--base', archive],
    );
    const text = (await run('cat', [join(directory, 'Dockerfile')])).toString();
    expect(text).toContain('FROM thebase:1\n');
    expect(text).not.toMatch(/^(?:COPY|ONBUILD)/m);
    await docker(['rmi', '--force', 'thebase:1']);
  });
});
