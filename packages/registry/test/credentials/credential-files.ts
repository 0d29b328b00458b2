import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A home directory with the environment that belongs to it. */
export interface Home {
  readonly homeDirectory: string;
  readonly env: Record<string, string | undefined>;
  /** Writes a file below the home directory and returns its path. Objects are written as JSON. */
  write(name: string, content: unknown): string;
  /** Installs the credential helper `docker-credential-NAME`, a shell script. */
  helper(name: string, script: string): void;
}

const folders: string[] = [];

/** Returns an empty home directory, removed when the tests of the file are over. Call `removeHomes` in the file. */
export function makeHome(): Home {
  const homeDirectory = mkdtempSync(join(tmpdir(), 'layers-home-'));
  folders.push(homeDirectory);
  const write = (name: string, content: unknown): string => {
    const path = join(homeDirectory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  return {
    homeDirectory,
    env: {
      XDG_RUNTIME_DIR: join(homeDirectory, 'run'),
      PATH: `${join(homeDirectory, 'bin')}:${process.env['PATH']}`,
      HOME: homeDirectory,
    },
    write,
    helper(name, script) {
      chmodSync(write(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`), 0o755);
    },
  };
}

export function removeHomes(): void {
  afterAll(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
}

/** Returns an entry of `auths` with a password. */
export function authOf(username: string, password: string): { readonly auth: string } {
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') };
}

/** Returns the credentials that `authOf` encodes. */
export function passwordOf(username: string, password: string) {
  return { kind: 'password', username, password };
}

/** Returns all text of an error that could be printed: messages, hints, stacks and properties, of its causes too. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? '';
  return [
    error.message,
    error.stack,
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    error.cause === undefined ? '' : textOf(error.cause),
  ].join('\n');
}
