import { join } from 'node:path';
import type { Environment } from '../hosts/environment.js';

/** Where the files with credentials are. */
export interface ConfigOptions {
  readonly env: Environment;
  readonly homeDirectory: string;
  /** The only file to use. */
  readonly authFile?: string | undefined;
}

/** A file that may have credentials. */
export interface ConfigLocation {
  readonly path: string;
  /** The file `.dockercfg` of old versions of docker has the keys of `auths` at its top. */
  readonly isLegacy: boolean;
  /** Whether the caller or the environment names this file. */
  readonly isNamed: boolean;
  /** Whether the file must exist. */
  readonly isRequired: boolean;
}

/** Returns the files that are searched for credentials, the first one first, as podman and skopeo search them. */
export function configLocations({ env, homeDirectory, authFile }: ConfigOptions): readonly ConfigLocation[] {
  if (authFile !== undefined || env['REGISTRY_AUTH_FILE']) {
    const path = savePath({ env, homeDirectory, authFile });
    return [{ path, isLegacy: false, isNamed: true, isRequired: authFile !== undefined }];
  }
  const at = (path: string, isLegacy = false): ConfigLocation => ({
    path,
    isLegacy,
    isNamed: false,
    isRequired: false,
  });
  const runtimeDirectory = runtimeDirectoryOf(env);
  const configDirectory = env['XDG_CONFIG_HOME'] || join(homeDirectory, '.config');
  return [
    ...(runtimeDirectory === null ? [] : [at(join(runtimeDirectory, 'auth.json'))]),
    at(join(configDirectory, 'containers', 'auth.json')),
    at(dockerConfigPath(env, homeDirectory)),
    at(join(homeDirectory, '.dockercfg'), true),
  ];
}

/** Returns the file that receives new credentials: docker's, unless the caller or the environment names another one. */
export function savePath({ env, homeDirectory, authFile }: ConfigOptions): string {
  return authFile ?? (env['REGISTRY_AUTH_FILE'] || dockerConfigPath(env, homeDirectory));
}

function dockerConfigPath(env: Environment, homeDirectory: string): string {
  return join(env['DOCKER_CONFIG'] || join(homeDirectory, '.docker'), 'config.json');
}

function runtimeDirectoryOf(env: Environment): string | null {
  const directory = env['XDG_RUNTIME_DIR'];
  if (directory) return join(directory, 'containers');
  const uid = process.platform === 'linux' ? process.getuid?.() : undefined;
  return uid === undefined ? null : `/run/containers/${uid}`;
}
