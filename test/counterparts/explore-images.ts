import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from './docker.ts';
import { run } from './processes.ts';

/** The end of an instruction that is longer than any screen. */
export const LONG_END = 'the-end-of-the-instruction';

/** The settings before and after a step changes them. */
export const SETTINGS = { before: 'debug = true\nport = 80\n', after: 'debug = false\nport = 80\n' } as const;

const LIBRARIES = 3000;

/** Layers by their positions. */
export const LAYER = { base: 0, source: 1, owner: 2, settings: 3, removal: 4 } as const;

const STEPS = [
  'FROM scratch',
  'ADD base.tar /',
  'COPY src /app',
  'RUN chown -R 1000:1000 /app',
  `RUN sed -i s/true/false/ /etc/app.conf && : ${'a-step-that-is-long '.repeat(40)}${LONG_END}`,
  'RUN rm -rf /usr/share/doc /app/secret.txt',
  'CMD ["sh"]',
];

/** Writes a root file system that runs a shell, as a tar. */
async function writeBase(folder: string, to: string): Promise<void> {
  const base = join(folder, 'base');
  for (const path of ['bin', 'etc', 'opt/data', 'usr/share/doc', 'tmp'])
    mkdirSync(join(base, path), { recursive: true });
  await run('cp', ['/bin/busybox', join(base, 'bin/busybox')]);
  for (const name of ['sh', 'chown', 'sed', 'rm', 'cp', 'mkdir', 'dd', 'touch'])
    await run('ln', ['-sf', 'busybox', join(base, 'bin', name)]);
  writeFileSync(join(base, 'etc/app.conf'), SETTINGS.before);
  writeFileSync(join(base, 'opt/data/blob'), Buffer.alloc(3_000_000, 'some data\n'));
  writeFileSync(join(base, 'usr/share/doc/manual'), Buffer.alloc(700_000, 'a manual\n'));
  await run('tar', ['-C', base, '--owner=0', '--group=0', '-cf', to, '.']);
}

/** Writes the context of an image with a base, sources, a change of owners, of settings, and a removal. */
export async function writeContext(folder: string): Promise<string> {
  const context = join(folder, 'context');
  mkdirSync(join(context, 'src/lib'), { recursive: true });
  await writeBase(folder, join(context, 'base.tar'));
  writeFileSync(join(context, 'src/main.js'), 'run();\n');
  writeFileSync(join(context, 'src/secret.txt'), 'the secret\n');
  for (let i = 0; i < LIBRARIES; i++)
    writeFileSync(
      join(context, 'src/lib', `module-${String(i).padStart(4, '0')}.js`),
      `export const n = ${i};\n`,
    );
  return context;
}

/** Lets Docker build an image, and returns the archive that it saves. */
export async function builtArchive(
  docker: Docker,
  context: string,
  name: string,
  { steps = STEPS, folder }: { readonly steps?: readonly string[]; readonly folder: string },
): Promise<string> {
  writeFileSync(join(context, 'Dockerfile'), `${steps.join('\n')}\n`);
  await docker(['build', '--quiet', '--network', 'none', '--tag', name, context]);
  const archive = join(folder, `${name.replace(':', '-')}.tar`);
  await docker(['save', '--output', archive, name]);
  return archive;
}
