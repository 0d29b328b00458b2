import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { describe, expect, it } from 'vitest';
import { credentialSource } from '../../src/credentials/credential-source.ts';
import { authOf, type Home, makeHome, passwordOf, removeHomes, textOf } from './credential-files.ts';

removeHomes();

const DOCKER = '.docker/config.json';

/** Prints what a helper prints for `get`; the server on standard input becomes the user name. */
const echoing = (secret: string) =>
  `read -r server; echo "$1 $server" >> "$HOME/calls"; echo '{"ServerURL":"'$server'","Username":"'$server'","Secret":"${secret}"}'`;

const find = (home: Home, domain: string, more = {}) =>
  credentialSource({ ...home, ...more }).find(domain, 'ns/app');

const callsOf = (home: Home) => readFileSync(join(home.homeDirectory, 'calls'), 'utf8').trim().split('\n');

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a credential helper', () => {
  it('of the registry comes before that of all registries, and both before entries', async () => {
    const home = makeHome();
    home.helper('one', echoing('1'));
    home.helper('all', echoing('2'));
    const auths = { a: authOf('u', '3'), b: authOf('u', '3') };
    home.write(DOCKER, { auths, credHelpers: { a: 'one', c: '' }, credsStore: 'all' });
    expect(await find(home, 'a')).toEqual(passwordOf('a', '1'));
    expect(await find(home, 'b')).toEqual(passwordOf('b', '2'));
    expect(await find(home, 'c')).toEqual(passwordOf('c', '2'));
  });

  it("is asked for docker's name of Docker Hub", async () => {
    for (const key of ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io']) {
      const home = makeHome();
      home.helper('one', echoing('1'));
      home.write('run/containers/auth.json', { credHelpers: { [key]: 'one' } });
      expect(await find(home, 'docker.io')).toEqual(passwordOf('https://index.docker.io/v1/', '1'));
    }
  });

  it('is asked once for a registry', async () => {
    const home = makeHome();
    home.helper('one', echoing('1'));
    home.write(DOCKER, { credsStore: 'one' });
    const source = credentialSource(home);
    await Promise.all(['x', 'y', 'z'].map((path) => source.find('a', path)));
    await source.find('b', 'x');
    expect(callsOf(home)).toEqual(['get a', 'get b']);
  });

  it('returns an identity token for the user <token>', async () => {
    const home = makeHome();
    home.helper('one', `echo '{"Username":"<token>","Secret":"t"}'`);
    home.write(DOCKER, { credsStore: 'one' });
    expect(await find(home, 'a')).toEqual({ kind: 'identity-token', token: 't' });
  });

  it('without credentials leaves the search to the entries, and then to the next file', async () => {
    const home = makeHome();
    home.helper('none', 'echo "credentials not found in native keychain"; exit 1');
    home.write('run/containers/auth.json', {
      credsStore: 'none',
      auths: { a: authOf('auth.json', 'x'), b: {} },
    });
    home.write(DOCKER, { credsStore: 'none', auths: { b: authOf('config.json', 'x') } });
    expect(await find(home, 'a')).toEqual(passwordOf('auth.json', 'x'));
    expect(await find(home, 'b')).toEqual(passwordOf('config.json', 'x'));
    expect(await find(home, 'c')).toBeNull();
  });

  it('is run without a shell', async () => {
    const home = makeHome();
    home.helper('one', echoing('1'));
    home.write(DOCKER, { credsStore: 'one' });
    expect(await find(home, 'a;exit')).toEqual(passwordOf('a;exit', '1'));
  });

  it('that fails is an error with its name, and nothing that it printed', async () => {
    const problems = {
      'echo hunter2; echo hunter2 >&2; exit 1': /docker-credential-bad failed for h$/,
      'kill -9 $$': /failed for h$/,
      'echo hunter2': /printed no credentials for h$/,
      [`echo '{"Username":5,"Secret":"hunter2"}'`]: /printed no credentials for h$/,
      'echo null': /printed no credentials for h$/,
      'exec cat /dev/zero': /prints too much$/,
    };
    for (const [script, message] of Object.entries(problems)) {
      const home = makeHome();
      home.helper('bad', script);
      home.write(DOCKER, { credsStore: 'bad' });
      const error = await errorOfAsync(() => find(home, 'h'));
      expect(error).toMatchObject({
        code: 'ERR_LAYERS_CREDENTIALS',
        message: expect.stringMatching(message),
        hint: expect.stringContaining('docker-credential-bad'),
      });
      expect(textOf(error)).not.toContain('hunter2');
    }
  });

  it('that is not installed, or not executable, is an error', async () => {
    const home = makeHome();
    home.write(DOCKER, { credsStore: 'missing' });
    const missing = {
      code: 'ERR_LAYERS_CREDENTIALS',
      message: 'the credential helper docker-credential-missing is not installed',
      hint: expect.stringContaining('install docker-credential-missing'),
    };
    const env = { PATH: join(home.homeDirectory, 'bin') };
    expect(await errorOfAsync(() => find(home, 'h', { env }))).toMatchObject(missing);
    home.write('bin/docker-credential-missing', '#!/bin/sh');
    expect(await errorOfAsync(() => find(home, 'h', { env }))).toMatchObject({
      ...missing,
      message: `${missing.message}, or not executable`,
    });
  });

  it('that does not end is killed, even if its children hold its output open', async () => {
    const home = makeHome();
    home.helper('slow', 'echo $$ > "$HOME/pid"; sleep 5');
    home.write(DOCKER, { credsStore: 'slow' });
    expect(await errorOfAsync(() => find(home, 'h', { helperTimeoutMs: 200 }))).toMatchObject({
      code: 'ERR_LAYERS_CREDENTIALS',
      message: expect.stringMatching(/did not end within 200 ms$/),
    });
    // On a busy machine the helper may be killed before it writes its id.
    const file = join(home.homeDirectory, 'pid');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0) await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
