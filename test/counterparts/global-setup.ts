import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Daemon, dockerClient, startDaemon } from './docker.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of the daemon's socket; empty if there is no daemon. */
    dockerSocket: string;
    /** The missing programs that these tests need. */
    missing: string[];
  }
}

const needed = [
  'dockerd',
  dockerClient,
  'skopeo',
  'umoci',
  'podman',
  'containerd',
  'ctr',
  'runc',
  'tar',
  'getfattr',
  'setfattr',
  'busybox',
  'diff',
  'pigz',
  'patch',
  'git',
  'rpm',
  'rpmbuild',
  'dpkg-deb',
  'docker-registry',
  'htpasswd',
];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isInstalled(program: string): boolean {
  if (program.includes('/')) return executable(program);
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => executable(join(folder, program)));
}

/** Starts the Docker daemon of the run. Missing programs fail the run in CI; elsewhere, their tests are skipped. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = needed.filter((program) => !isInstalled(program));
  if (process.getuid?.() !== 0) missing.push('root (for dockerd and device nodes)');
  if (missing.length > 0) {
    const message = `counterparts missing: ${missing.join(', ')}; .ci/run installs them`;
    if (process.env['CI'] === 'true') throw new Error(message);
    console.warn(`skipped: ${message}`);
  }
  const daemon: Daemon | undefined = missing.length === 0 ? await startDaemon() : undefined;
  project.provide('dockerSocket', daemon?.socket ?? '');
  project.provide('missing', missing);
  return async () => daemon?.stop();
}
