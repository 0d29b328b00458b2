import { type BaseBoundary, type LayerFiles, recognisedBase, restore } from '@layers/insight/dockerfile';
import { describe, expect, test } from 'vitest';
import { empty, imageOf, instructionsOf, nop, PATH, type Step, SUM } from './history-image.js';

interface Options {
  readonly files?: (layer: number) => LayerFiles | null;
  readonly boundary?: BaseBoundary;
  readonly os?: string;
  readonly more?: number;
}

async function restoredOf(history: readonly Step[], config: object = {}, options: Options = {}) {
  const { files = () => null, boundary = null, os, more } = options;
  const description = await imageOf(history, { Env: [PATH], ...config }, os, more);
  return restore({ description, boundary, files, exportCommand: (layer) => `export ${layer}` });
}

/** Returns the lines of the Dockerfile that are no comments. */
async function linesOf(...args: Parameters<typeof restoredOf>): Promise<string[]> {
  const { dockerfile } = await restoredOf(...args);
  return dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
}

const file = (path: string, owner = { uid: 0, gid: 0 }): LayerFiles => ({
  paths: [path],
  count: 1,
  deleted: 0,
  owner,
});

describe('commands', () => {
  test.each([
    ['of the classic builder', '/bin/sh -c apk add x', 'RUN apk add x'],
    ['of BuildKit', 'RUN /bin/sh -c apk add x # buildkit', 'RUN apk add x'],
    ['of kaniko', 'RUN --mount=type=cache,target=/c apk add x', 'RUN --mount=type=cache,target=/c apk add x'],
    ['with a hash sign', 'RUN /bin/sh -c a # b # buildkit', 'RUN a # b'],
    ['that look like flags', '/bin/sh -c --x y', 'RUN ["/bin/sh", "-c", "--x y"]'],
    ['that look like a list', '/bin/sh -c [ -f x ] && y', 'RUN ["/bin/sh", "-c", "[ -f x ] && y"]'],
    ['with a here-document', '/bin/sh -c cat <<E', 'RUN ["/bin/sh", "-c", "cat <<E"]'],
    ['that would continue', '/bin/sh -c echo \\', 'RUN ["/bin/sh", "-c", "echo \\\\"]'],
    ['in exec form', 'RUN /bin/x y # buildkit', 'RUN ["/bin/x", "y"]'],
  ])('%s', async (_, created_by, line) => {
    expect(
      await linesOf([{ created_by: `/bin/sh -c #(nop) ADD file:${SUM} in / ` }, { created_by }]),
    ).toEqual(['FROM scratch', 'ADD layer-0.tar /', line]);
  });

  test('of several lines are continued, and keep lines that look like comments', async () => {
    const script = 'set -e\n# a\n\necho "b"\n';
    const { dockerfile } = await restoredOf([{ created_by: `RUN /bin/sh -c ${script} # buildkit` }]);
    expect(dockerfile).toContain(
      'RUN ["/bin/sh", "-c", "set -e\\n\\\n\\u0023 a\\n\\\n\\n\\\necho \\"b\\"\\n\\\n"]\n',
    );
    const [, run = ''] = instructionsOf(dockerfile);
    expect(JSON.parse(run.slice(4))).toEqual(['/bin/sh', '-c', script]);
  });

  test('that are long are continued at &&', async () => {
    const command = `${'x'.repeat(60)} &&   ${'y'.repeat(60)} && # z`;
    const { dockerfile } = await restoredOf([{ created_by: `/bin/sh -c ${command}` }]);
    expect(dockerfile).toContain(`RUN ${'x'.repeat(60)} && \\\n`);
    expect(instructionsOf(dockerfile)).toContain(`RUN ${command}`);
  });

  test('have the build arguments that the builder set', async () => {
    const history = [
      nop('ARG A=1'),
      empty('ARG B=x y'),
      { created_by: 'RUN |2 A=q "u" B=x y /bin/sh -c echo $A # buildkit' },
    ];
    expect(await linesOf(history)).toEqual([
      'FROM scratch',
      'ARG A="q \\"u\\""',
      'ARG B="x y"',
      'RUN echo $A',
    ]);
    expect((await restoredOf(history)).steps[0]?.notes).toEqual(['The build set A; its default was "1".']);
  });

  test('of a committed container have the words of the config, or are one script', async () => {
    const history = [
      { created_by: '/bin/sh -c #(nop) ADD a b' },
      { created_by: 'bash -ec cd x; make' },
      { created_by: 'x y z' },
    ];
    expect((await linesOf(history, { Cmd: ['x', 'y z'] })).slice(2)).toEqual([
      'RUN ["bash", "-ec", "cd x; make"]',
      'RUN ["x", "y z"]',
      'CMD ["x", "y z"]',
    ]);
  });

  test('run in the shell that SHELL sets', async () => {
    const history = [
      { created_by: '/bin/sh -c #(nop) ADD a b' },
      empty('SHELL [/bin/bash -o pipefail -c]'),
      { created_by: 'RUN /bin/bash -o pipefail -c a | b # buildkit' },
      { created_by: 'RUN /bin/sh -c c # buildkit' },
    ];
    expect((await linesOf(history, { Shell: ['/bin/bash', '-o', 'pipefail', '-c'] })).slice(-3)).toEqual([
      'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
      'RUN a | b',
      'RUN ["/bin/sh", "-c", "c"]',
    ]);
  });

  test('of buildah keep the list of the exec form, and arguments without defaults', async () => {
    const history = [
      nop('ARG A'),
      nop('ARG A B'),
      { created_by: '|4 A=1 B=2 /bin/sh -c ["/bin/x","a b"]', comment: 'FROM abc' },
    ];
    expect(await linesOf(history, { Labels: { 'io.buildah.version': '1' } })).toEqual([
      'FROM scratch',
      'ARG A=1',
      'ARG B=2',
      'RUN ["/bin/x", "a b"]',
      'LABEL io.buildah.version=1',
    ]);
  });

  test('of Windows are written with its escape character', async () => {
    const history = [
      { created_by: 'Apply image 10.0' },
      { created_by: 'cmd /S /C dir c:\\' },
      { created_by: 'powershell -Command #(nop)  ENV A=c:\\x $y', empty_layer: true },
    ];
    const { dockerfile } = await restoredOf(history, { Env: ['A=c:\\x $y'] }, { os: 'windows' });
    expect(dockerfile.startsWith('# escape=`\n')).toBe(true);
    expect(dockerfile).toContain('\nRUN dir c:\\\n');
    expect(dockerfile).toContain('\nENV A="c:\\x `$y"\n');
  });
});

describe('files', () => {
  test('of the classic builder come from the exported tree', async () => {
    const history = [
      { created_by: `/bin/sh -c #(nop) COPY file:${SUM} in /app/ ` },
      { created_by: `/bin/sh -c #(nop) COPY --chown=1:2dir:${SUM} in /d ` },
      { created_by: `/bin/sh -c #(nop) ADD file:${SUM} in /opt ` },
    ];
    const files = (layer: number) =>
      [file('app/x y'), file('d/a'), { ...file('opt/a'), count: 2 }][layer] ?? null;
    const { steps } = await restoredOf(history, {}, { files });
    expect(steps.map(({ lines, kind }) => [kind, ...lines])).toEqual([
      ['files', 'COPY ["app/x y", "/app/"]'],
      ['files', 'COPY --chown=1:2 d /d'],
      ['files', 'COPY opt /opt'],
    ]);
    expect(steps[0]?.notes).toEqual([
      `COPY file:${SUM} in /app/`,
      'From the build context or another stage: layer 0: app/x y',
      "To get the files: export 0 | tar x 'app/x y'",
    ]);
  });

  test('of BuildKit keep their names, and get the owner of the layer', async () => {
    const history = [
      { created_by: 'COPY src/app.js /srv/app.js # buildkit' },
      { created_by: 'COPY a b /srv/ # buildkit' },
      { created_by: 'COPY <<EOF /etc/x # buildkit' },
      { created_by: 'ADD https://example.com/x /x # buildkit' },
      { created_by: 'COPY --from=builder /out/app /app' },
    ];
    const files = (layer: number) => (layer === 0 ? file('srv/app.js', { uid: 10, gid: 20 }) : null);
    const { steps } = await restoredOf(history, {}, { files });
    expect(steps.map(({ lines }) => lines)).toEqual([
      ['COPY --chown=10:20 src/app.js /srv/app.js'],
      ['COPY srv /srv'],
      ['COPY etc/x /etc/x'],
      ['ADD https://example.com/x /x'],
      ['COPY app /app'],
    ]);
    expect(steps[0]?.notes).toContain(
      'To get the files: export 0 | tar x srv/app.js && mkdir -p src && mv srv/app.js src/app.js',
    );
  });

  test('of other tools, and of missing steps, are added as a whole, adjacent layers together', async () => {
    const history = [
      { created_by: 'bazel build :x' },
      {},
      { created_by: '/bin/bash' },
      { created_by: '/bin/sh -c x' },
    ];
    const { dockerfile, steps } = await restoredOf(history, {}, { more: 1 });
    expect(instructionsOf(dockerfile)).toEqual([
      'FROM scratch',
      'ADD layer-2.tar /',
      'RUN x',
      'ADD layer-4.tar /',
    ]);
    expect(dockerfile).toContain('# The history does not fit the layers');
    expect(steps[0]?.notes[0]).toBe('Layer 0, no instruction: bazel build :x');
  });

  test('of a script of BuildKit that is not recorded are added as a whole', async () => {
    expect(await linesOf([{ created_by: 'RUN /dev/pipes/EOF # buildkit' }])).toEqual([
      'FROM scratch',
      'ADD layer-0.tar /',
    ]);
  });
});

describe('settings', () => {
  test('that the history has without quotes are read as the config has them', async () => {
    const history = [
      nop(' ENV A=b c D=e"f G='),
      empty('LABEL x=y z w=1'),
      empty('EXPOSE map[80/tcp:{} 81/udp:{}]'),
      nop(' VOLUME [/v /v 1]'),
      nop(' CMD ["a b" "\\"c\\x41"]'),
      nop(' ENTRYPOINT [a b]'),
      nop(` HEALTHCHECK &{["CMD-SHELL" "x"] "5s" "0s" "0s" '\\x00'}`),
      nop(' ONBUILD RUN x'),
      nop(' STOPSIGNAL SIGTERM'),
    ];
    const config = {
      Env: [PATH, 'A=b c', 'D=e"f', 'G='],
      Labels: { x: 'y z', w: '1' },
      ExposedPorts: { '80/tcp': {}, '81/udp': {} },
      Volumes: { '/v': {}, '/v 1': {} },
      Cmd: ['a b', '"cA'],
      Entrypoint: ['a', 'b'],
      Healthcheck: { Test: ['CMD-SHELL', 'x'], Interval: 5e9 },
      OnBuild: ['RUN x'],
      StopSignal: 'SIGTERM',
    };
    expect(await linesOf(history, config)).toEqual([
      'FROM scratch',
      'ENV A="b c" D="e\\"f" G=""',
      'LABEL x="y z" w=1',
      'EXPOSE 80/tcp 81/udp',
      'VOLUME ["/v", "/v 1"]',
      'CMD ["a b", "\\"cA"]',
      'ENTRYPOINT ["a", "b"]',
      'HEALTHCHECK --interval=5s CMD x',
      'ONBUILD RUN x',
      'STOPSIGNAL SIGTERM',
    ]);
  });

  test('that buildah recorded as source get their quotes and variables replaced', async () => {
    const history = [
      nop('ENV A="b c" D=\'e"f\''),
      nop('ENV E=$A'),
      nop('WORKDIR /w'),
      nop('WORKDIR $D/x'),
      nop('USER "u"'),
    ];
    const config = {
      Env: [PATH, 'A=b c', 'D=e"f', 'E=b c'],
      Labels: { 'io.buildah.version': '1' },
      WorkingDir: '/w/e"f/x',
      User: 'u',
    };
    expect((await linesOf(history, config)).slice(1, -1)).toEqual([
      'ENV A="b c" D="e\\"f"',
      'ENV E="b c"',
      'WORKDIR /w',
      'WORKDIR "/w/e\\"f/x"',
      'USER u',
    ]);
  });

  test('that only the config has are added: variables first, the rest last', async () => {
    const config = {
      Env: [PATH, 'A=1', 'B=new'],
      Cmd: ['x'],
      Entrypoint: ['y'],
      User: 'u',
      WorkingDir: '/w',
      Labels: { l: 'v' },
      ExposedPorts: { '80/tcp': {} },
    };
    const history = [nop('ENV B=old'), { created_by: '/bin/sh -c x' }, nop('USER other'), nop('CMD ["z"]')];
    expect(await linesOf(history, config)).toEqual([
      'FROM scratch',
      'ENV A=1',
      'ENV B=old',
      'RUN x',
      'USER other',
      'CMD ["z"]',
      'ENV B=new',
      'LABEL l=v',
      'EXPOSE 80/tcp',
      'USER u',
      'WORKDIR /w',
      'ENTRYPOINT ["y"]',
      'CMD ["x"]',
    ]);
  });

  test('that the config lacks are not set: variables are for commands of the build only', async () => {
    const history = [
      nop('ENV GONE=1'),
      nop('LABEL gone=1'),
      nop('EXPOSE 80'),
      nop('HEALTHCHECK x'),
      nop('ONBUILD RUN x'),
    ];
    expect(await linesOf(history)).toEqual(['FROM scratch', 'ARG GONE=1']);
  });

  test('that no instruction can set are named in comments', async () => {
    const config = {
      Env: [PATH, 'A=x\ny'],
      Labels: { 'a=b': 'c' },
      Healthcheck: { Test: ['CMD-SHELL', 'a\nb'] },
      Tty: true,
    };
    const { dockerfile } = await restoredOf([nop('ENV A=x\ny')], config);
    expect(instructionsOf(dockerfile)).toEqual(['FROM scratch']);
    for (const name of ['ENV A', 'LABEL a=b', 'HEALTHCHECK', 'Tty']) {
      expect(dockerfile).toContain(`# The image has this, and no instruction sets it: ${name}\n`);
    }
    expect(dockerfile).toContain('# No Dockerfile can express it: ENV A="x\\ny"\n');
  });
});

describe('the base', () => {
  const base = [{ created_by: 'ADD rootfs' }, nop('ENV A=1'), nop('CMD ["sh"]')];
  const own = [nop('ENV B=2'), { created_by: '/bin/sh -c x' }];

  test('that is given is in FROM, and its steps and settings are left out', async () => {
    const { config } = await imageOf(base, { Env: [PATH, 'A=1'], Cmd: ['sh'], User: 'u' });
    const boundary = { base: { name: 'b:1', digest: null, layers: 1, isGuess: false }, steps: 3, config };
    const wanted = { Env: [PATH, 'A=1', 'B=2'], Cmd: ['sh'], User: 'u' };
    expect(await linesOf([...base, ...own], wanted, { boundary })).toEqual(['FROM b:1', 'ENV B=2', 'RUN x']);
    const entrypoint = nop('ENTRYPOINT ["e"]');
    // ENTRYPOINT removes the CMD of the base.
    expect(
      await linesOf(
        [...base, entrypoint],
        { ...wanted, Env: [PATH, 'A=1'], Entrypoint: ['e'] },
        { boundary },
      ),
    ).toEqual(['FROM b:1', 'ENTRYPOINT ["e"]', 'CMD ["sh"]']);
  });

  test('executes its triggers', async () => {
    const { config } = await imageOf(base, { Env: [PATH], OnBuild: ['ENV T=1', 'RUN t'] });
    const boundary = { base: { name: 'b:1', digest: null, layers: 1, isGuess: false }, steps: 3, config };
    const steps = [...base, nop('ENV T=1'), { created_by: '/bin/sh -c t' }, { created_by: '/bin/sh -c x' }];
    expect(await linesOf(steps, { Env: [PATH, 'T=1'] }, { boundary })).toEqual(['FROM b:1', 'RUN x']);
  });

  test('is recognised by an annotation and the note of buildah', async () => {
    const steps = [
      ...base,
      { ...nop('USER 0'), comment: 'FROM example.com/b:1' },
      { created_by: '/bin/sh -c x', comment: 'FROM 0123456789ab' },
    ];
    const description = await imageOf(steps, { User: '0' });
    const evidence = [
      {
        from: 'annotation',
        isGuess: true,
        name: 'example.com/b:1',
        digest: `sha256:${SUM}`,
        layers: null,
        reason: '',
      },
    ] as const;
    const boundary = recognisedBase(description, evidence);
    expect(boundary).toMatchObject({ steps: 3, base: { layers: 1, isGuess: true } });
    const { dockerfile } = restore({ description, boundary, files: () => null, exportCommand: String });
    expect(instructionsOf(dockerfile)).toEqual([`FROM example.com/b:1@sha256:${SUM}`, 'USER 0', 'RUN x']);
    expect(recognisedBase(description, [])).toBeNull();
  });
});
