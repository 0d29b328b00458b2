import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { describe, expect, it } from 'vitest';
import { credentialSource } from '../../src/credentials/credential-source.ts';
import type { Credentials } from '../../src/credentials/credentials.ts';
import { removeCredentials, saveCredentials } from '../../src/credentials/save-credentials.ts';
import { authOf, makeHome, passwordOf, removeHomes, textOf } from './credential-files.ts';

removeHomes();

const DOCKER = '.docker/config.json';
const USER: Credentials = { kind: 'password', username: 'u', password: 'p:w' };
const HUB = 'https://index.docker.io/v1/';

/** A helper that keeps what it gets in files of the home directory, one for each server. */
const KEEPER = `
input=$(cat)
case $1 in
store)
  server=$(echo "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/')
  echo "$input" > "$HOME/kept-$(echo "$server" | tr -c 'a-z0-9\\n' _)" ;;
get|erase)
  file="$HOME/kept-$(echo "$input" | tr -c 'a-z0-9\\n' _)"
  if [ ! -f "$file" ]; then echo "credentials not found in native keychain"; exit 1; fi
  if [ $1 = get ]; then cat "$file"; else rm "$file"; fi ;;
esac`;

describe('saveCredentials', () => {
  it("creates docker's file, which only its owner can read", async () => {
    const home = makeHome();
    const file = join(home.homeDirectory, DOCKER);
    expect(await saveCredentials('h:5000', USER, home)).toEqual({ kind: 'file', file });
    const entry = `{\n\t\t\t"auth": "${authOf('u', 'p:w').auth}"\n\t\t}`;
    expect(readFileSync(file, 'utf8')).toBe(`{\n\t"auths": {\n\t\t"h:5000": ${entry}\n\t}\n}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(file))).toEqual(['config.json']);
    expect(await credentialSource(home).find('h:5000', 'a')).toEqual(USER);
  });

  it('keeps everything else, byte for byte', async () => {
    const home = makeHome();
    const text =
      '{\n  "x\\"}": "{\\"", "2": 1.0, "1": 12345678901234567890,\n  "auths" : { "x": {"auth":"dTpw","\\u0065mail":"}"} },\n  "HttpHeaders": {"a": ["]", "\\"}"]}}\n';
    const file = home.write(DOCKER, text);
    await saveCredentials('h', USER, home);
    const added = `,\n\t\t"h": {\n\t\t\t"auth": "${authOf('u', 'p:w').auth}"\n\t\t}`;
    expect(readFileSync(file, 'utf8')).toBe(text.replace('"}"}', `"}"}${added}`));
    expect(await removeCredentials('h', home)).toEqual([{ kind: 'file', file }]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('adds auths to a file that has none, or null', async () => {
    for (const [before, kept] of [
      ['{}', {}],
      ['{"psFormat": "x"}', { psFormat: 'x' }],
      ['{"auths": null, "psFormat": "x"}', { psFormat: 'x' }],
      ['{"auths": {}}', {}],
      ['', {}],
      ['{"auths": {"a": {}}, "auths": {}}', {}],
    ] as const) {
      const home = makeHome();
      const file = home.write(DOCKER, before);
      await saveCredentials('h', USER, home);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...kept, auths: { h: authOf('u', 'p:w') } });
    }
  });

  it('replaces the credentials that are there, under all names of the registry', async () => {
    const home = makeHome();
    const old = authOf('old', 'old');
    const auths = { 'docker.io': old, other: old, [HUB]: old, 'index.docker.io': old, 'docker.io/ns': old };
    const file = home.write(DOCKER, { auths, credHelpers: {} });
    await saveCredentials('docker.io', USER, home);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      auths: { other: old, [HUB]: authOf('u', 'p:w'), 'docker.io/ns': old },
      credHelpers: {},
    });
  });

  it('writes to the file of the caller or of REGISTRY_AUTH_FILE', async () => {
    const home = makeHome();
    const [first, second] = ['1.json', '2.json'].map((name) => join(home.homeDirectory, 'new', name));
    home.env['REGISTRY_AUTH_FILE'] = first;
    expect(await saveCredentials('h', USER, home)).toEqual({ kind: 'file', file: first });
    expect(await saveCredentials('h', USER, { ...home, authFile: second })).toMatchObject({ file: second });
    expect(await credentialSource({ ...home, authFile: second }).find('h', '')).toEqual(USER);
    expect(await removeCredentials('h', { ...home, authFile: second })).toEqual([
      { kind: 'file', file: second },
    ]);
    expect(await credentialSource(home).find('h', '')).toEqual(USER);
  });

  it('keeps a symlink, and replaces its target', async () => {
    const home = makeHome();
    const target = home.write('dotfiles/config.json', '{"auths":{}}');
    const link = join(home.homeDirectory, DOCKER);
    mkdirSync(dirname(link));
    symlinkSync(target, link);
    await saveCredentials('h', USER, home);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ auths: { h: authOf('u', 'p:w') } });
  });

  it('saves tokens, which are found again', async () => {
    for (const kind of ['identity-token', 'registry-token'] as const) {
      const home = makeHome();
      await saveCredentials('h', { kind, token: 't' }, home);
      expect(await credentialSource(home).find('h', '')).toEqual({ kind, token: 't' });
    }
  });

  it('refuses user names that would be read as another one', async () => {
    for (const username of ['', 'a:b']) {
      const credentials: Credentials = { kind: 'password', username, password: 'hunter2' };
      const error = await errorOfAsync(() => saveCredentials('h', credentials, makeHome()));
      expect(error.code).toBe('ERR_LAYERS_CREDENTIALS');
      expect(textOf(error)).not.toContain('hunter2');
    }
  });

  it('changes no file that it does not understand', async () => {
    const home = makeHome();
    for (const text of ['{"auths": []}', '{"auths": {', '[]']) {
      const file = home.write(DOCKER, text);
      const error = await errorOfAsync(() => saveCredentials('h', USER, home));
      expect(error.code).toBe('ERR_LAYERS_CREDENTIALS');
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  it('reports a file that cannot be written', async () => {
    const home = makeHome();
    const authFile = join(home.write('file', ''), 'auth.json');
    const error = await errorOfAsync(() => saveCredentials('h', USER, { ...home, authFile }));
    expect(error).toMatchObject({
      code: 'ERR_LAYERS_CREDENTIALS',
      message: `cannot write ${authFile}: not a directory`,
    });
  });
});

describe('credentials in a helper', () => {
  it('are saved there, and not in the file', async () => {
    const home = makeHome();
    home.helper('keeper', KEEPER);
    const file = home.write(DOCKER, { credsStore: 'keeper', auths: { 'docker.io': authOf('old', 'old') } });
    const place = { kind: 'helper', program: 'docker-credential-keeper', file };
    expect(await saveCredentials('docker.io', USER, home)).toEqual(place);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ credsStore: 'keeper', auths: { [HUB]: {} } });
    expect(await credentialSource(home).find('docker.io', 'library/alpine')).toEqual(passwordOf('u', 'p:w'));
    const token: Credentials = { kind: 'identity-token', token: 't' };
    await saveCredentials('h', token, home);
    expect(await credentialSource(home).find('h', '')).toEqual(token);
    expect(await removeCredentials('docker.io', home)).toEqual([place]);
    expect(await removeCredentials('docker.io', home)).toEqual([]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ credsStore: 'keeper', auths: { h: {} } });
  });

  it('are refused with the name of the helper if it fails', async () => {
    const home = makeHome();
    home.helper('bad', 'cat; cat >&2; exit 1');
    const config = { credHelpers: { h: 'bad' } };
    const file = home.write(DOCKER, config);
    const error = await errorOfAsync(() => saveCredentials('h', USER, home));
    expect(error).toMatchObject({
      code: 'ERR_LAYERS_CREDENTIALS',
      message: 'the credential helper docker-credential-bad did not store the credentials for h',
    });
    expect(textOf(error)).not.toContain('p:w');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(config);
    const token: Credentials = { kind: 'registry-token', token: 't' };
    expect((await errorOfAsync(() => saveCredentials('h', token, home))).message).toMatch(/cannot store/);
  });
});

describe('removeCredentials', () => {
  it('removes all names of a registry, wherever they are in the file', async () => {
    const entry = authOf('u', 'p');
    for (const before of [[], ['a'], ['a', 'b']]) {
      for (const after of [[], ['y'], ['y', 'z']]) {
        const home = makeHome();
        const of = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, entry]));
        const auths = of([...before, 'h', 'https://h/v1/', 'h/ns', ...after]);
        const file = home.write(DOCKER, JSON.stringify({ auths, x: 1 }, null, 2));
        expect(await removeCredentials('h', home)).toEqual([{ kind: 'file', file }]);
        expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
          auths: of([...before, 'h/ns', ...after]),
          x: 1,
        });
      }
    }
  });

  it('reports that there were none', async () => {
    const home = makeHome();
    expect(await removeCredentials('h', home)).toEqual([]);
    const text = '{"auths": {"x": {}}}';
    const file = home.write(DOCKER, text);
    expect(await removeCredentials('h', home)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    home.write(DOCKER, '{"auths": {"h": {}}}');
    expect(await removeCredentials('h', home)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe('{"auths": {}}');
  });
});
