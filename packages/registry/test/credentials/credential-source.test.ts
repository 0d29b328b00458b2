import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOfAsync } from '@layers/testing/errors';
import { needsThat } from '@layers/testing/needs';
import { describe, expect, it } from 'vitest';
import { credentialSource } from '../../src/credentials/credential-source.ts';
import { authOf, type Home, makeHome, passwordOf, removeHomes, textOf } from './credential-files.ts';

removeHomes();

const find = (home: Home, domain: string, path = 'ns/app', more = {}) =>
  credentialSource({ ...home, ...more }).find(domain, path);

const DOCKER = '.docker/config.json';
const PODMAN = 'run/containers/auth.json';

describe('the files that are searched', () => {
  const authsFor = (username: string) => ({ auths: { 'a.example': authOf(username, 'x') } });

  it('are those of podman and docker, in their order', async () => {
    const home = makeHome();
    expect(await find(home, 'a.example')).toBeNull();
    const files: readonly [string, unknown][] = [
      ['.dockercfg', { 'https://a.example/v1/': authOf('.dockercfg', 'x') }],
      [DOCKER, authsFor(DOCKER)],
      ['.config/containers/auth.json', authsFor('.config/containers/auth.json')],
      [PODMAN, authsFor(PODMAN)],
    ];
    for (const [name, content] of files) {
      home.write(name, content);
      expect(await find(home, 'a.example')).toEqual(passwordOf(name, 'x'));
    }
  });

  it('are found by the variables of docker and podman', async () => {
    const home = makeHome();
    home.write('d/config.json', authsFor('d'));
    home.write('x/containers/auth.json', authsFor('x'));
    const at = (name: string) => join(home.homeDirectory, name);
    home.env['DOCKER_CONFIG'] = at('d');
    expect(await find(home, 'a.example')).toMatchObject({ username: 'd' });
    home.env['XDG_CONFIG_HOME'] = at('x');
    expect(await find(home, 'a.example')).toMatchObject({ username: 'x' });
  });

  it('are only the one of REGISTRY_AUTH_FILE, and before it the one of the caller', async () => {
    const home = makeHome();
    home.write(DOCKER, authsFor('docker'));
    home.env['REGISTRY_AUTH_FILE'] = home.write('env.json', authsFor('env'));
    expect(await find(home, 'a.example')).toMatchObject({ username: 'env' });
    const authFile = home.write('flag.json', authsFor('flag'));
    expect(await find(home, 'a.example', '', { authFile })).toMatchObject({ username: 'flag' });
    expect(await find(home, 'other.example', '', { authFile })).toBeNull();
  });

  it('are not read if the caller has credentials', async () => {
    const home = makeHome();
    home.write(DOCKER, 'not JSON');
    const credentials = passwordOf('u', 'p');
    expect(await find(home, 'a.example', '', { credentials })).toEqual(credentials);
  });

  it('may be missing, but not the one that the caller names', async () => {
    const home = makeHome();
    home.env['REGISTRY_AUTH_FILE'] = '/nonexistent/auth.json';
    expect(await find(home, 'a.example')).toBeNull();
    const error = await errorOfAsync(() => find(home, 'a.example', '', { authFile: '/nonexistent/a.json' }));
    expect(error).toMatchObject({
      code: 'ERR_LAYERS_CREDENTIALS',
      message: 'cannot read /nonexistent/a.json: no such file or directory',
    });
  });

  it('may be empty', async () => {
    const home = makeHome();
    home.write(DOCKER, '');
    expect(await find(home, 'a.example')).toBeNull();
  });
});

describe('the keys of entries', () => {
  const found = async (auths: object, domain: string, path: string) => {
    const home = makeHome();
    home.write(PODMAN, { auths });
    const credentials = await find(home, domain, path);
    return credentials?.kind === 'password' ? credentials.username : null;
  };

  it('may be any name of Docker Hub', async () => {
    const names = ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'];
    for (const name of names) {
      expect(await found({ [name]: authOf('u', 'x') }, 'docker.io', 'library/alpine')).toBe('u');
    }
    expect(await found({ 'docker.io.example': authOf('u', 'x') }, 'docker.io', 'library/alpine')).toBeNull();
  });

  it("prefer docker's own name", async () => {
    const auths = { 'index.docker.io': authOf('1', 'x'), 'https://index.docker.io/v1/': authOf('2', 'x') };
    expect(await found(auths, 'docker.io', 'library/alpine')).toBe('2');
    expect(await found({ 'http://h:5/v2/': authOf('1', 'x'), 'h:5': authOf('2', 'x') }, 'h:5', 'a')).toBe(
      '2',
    );
  });

  it('may have a scheme and a path of the API', async () => {
    for (const key of ['https://h:5/v1/', 'http://h:5', 'h:5/v2/', 'h:5/v2', 'H:5', 'https://h:5/any']) {
      expect(await found({ [key]: authOf('u', 'x') }, 'h:5', 'ns/app')).toBe('u');
    }
    for (const key of ['h', 'h:55', 'https://h/v1/', 'xh:5']) {
      expect(await found({ [key]: authOf('u', 'x') }, 'h:5', 'ns/app')).toBeNull();
    }
  });

  it('may name a namespace, of which the longest counts', async () => {
    const auths = {
      h: authOf('h', 'x'),
      'h/ns': authOf('h/ns', 'x'),
      'h/ns/app': authOf('h/ns/app', 'x'),
    };
    const cases = { 'ns/app': 'h/ns/app', 'ns/app2': 'h/ns', 'ns/app/more': 'h/ns/app', nsx: 'h', '': 'h' };
    for (const [path, user] of Object.entries(cases)) expect(await found(auths, 'h', path)).toBe(user);
  });

  it('may be names of properties that all objects have', async () => {
    for (const domain of ['__proto__', 'constructor', 'toString']) {
      expect(await found({}, domain, 'app')).toBeNull();
    }
    const home = makeHome();
    home.write(DOCKER, '{"auths": {"__proto__": {"auth": "dTpw"}}, "credHelpers": {}}');
    expect(await find(home, '__proto__')).toEqual(passwordOf('u', 'p'));
  });
});

describe('the values of entries', () => {
  const entryOf = async (entry: unknown) => {
    const home = makeHome();
    home.write(DOCKER, { auths: { h: entry } });
    return find(home, 'h');
  };

  it('are a user name and a password', async () => {
    expect(await entryOf(authOf('u', 'p:with:colons'))).toEqual(passwordOf('u', 'p:with:colons'));
    expect(await entryOf(authOf('ü', 'pä\0\0'))).toEqual(passwordOf('ü', 'pä'));
    expect(await entryOf({ username: 'u', password: 'p' })).toEqual(passwordOf('u', 'p'));
    expect(await entryOf({ ...authOf('1', '2'), username: 'u', password: 'p' })).toEqual(
      passwordOf('1', '2'),
    );
  });

  it('are tokens, which count before passwords', async () => {
    const identitytoken = 'refresh';
    const token = { kind: 'identity-token', token: 'refresh' };
    expect(await entryOf({ ...authOf('u', ''), identitytoken })).toEqual(token);
    expect(await entryOf({ identitytoken, registrytoken: 'access' })).toEqual({
      kind: 'registry-token',
      token: 'access',
    });
  });

  it('are nothing where an entry is empty', async () => {
    for (const entry of [{}, null, { auth: '' }, { email: 'me@h' }]) expect(await entryOf(entry)).toBeNull();
  });

  it('are refused if they are damaged, without quoting them', async () => {
    const secret = 'hunter2';
    const damaged = [
      { auth: `${secret}!` },
      { auth: Buffer.from(secret).toString('base64') },
      { auth: Buffer.from(`:${secret}`).toString('base64') },
      { auth: [secret] },
      { username: 'u', password: { secret } },
      { identitytoken: [secret] },
      { registrytoken: `${secret}\r\nX: y` },
      [secret],
      secret,
    ];
    for (const entry of damaged) {
      const error = await errorOfAsync(() => entryOf(entry));
      expect(error).toMatchObject({
        code: 'ERR_LAYERS_CREDENTIALS',
        message: expect.stringMatching(/config\.json .*\bh\b/),
      });
      expect(textOf(error)).not.toContain(secret);
      expect(textOf(error)).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });

  it('of other registries may be damaged', async () => {
    const home = makeHome();
    home.write(DOCKER, { auths: { bad: { auth: '!' }, h: authOf('u', 'p') } });
    expect(await find(home, 'h')).toEqual(passwordOf('u', 'p'));
  });
});

describe('a file that cannot be used', () => {
  it('is an error that names the file and quotes nothing', async () => {
    const deep = `{"auths": ${'['.repeat(100_000)}`;
    const hostile = [
      '{"auths": {"h": {"auth": "hunter2"',
      'hunter2',
      '"hunter2"',
      '[]',
      '{"auths": ["hunter2"]}',
      '{"auths": "hunter2"}',
      '{"credHelpers": ["hunter2"]}',
      '{"credHelpers": {"h": 5}}',
      '{"credsStore": {"hunter2": 1}}',
      '{"credsStore": "../hunter2"}',
      '{"credHelpers": {"x": "a b"}}',
      deep,
      `{"auths": {${'"a":{},'.repeat(700_000)}"b":{}}}`,
    ];
    for (const content of hostile) {
      const home = makeHome();
      const path = home.write(DOCKER, content);
      const error = await errorOfAsync(() => find(home, 'h'));
      expect(error).toMatchObject({ code: 'ERR_LAYERS_CREDENTIALS', archive: path });
      expect(error.message).toContain(path);
      expect(textOf(error)).not.toContain('hunter2');
    }
  });

  it('is an endless device', async () => {
    const error = await errorOfAsync(() => find(makeHome(), 'h', '', { authFile: '/dev/zero' }));
    expect(error).toMatchObject({
      code: 'ERR_LAYERS_CREDENTIALS',
      message: expect.stringMatching(/more than/),
    });
  });

  const ordinaryUser = process.getuid?.() !== 0;
  it(
    'is unreadable, unless it is in a directory of another user',
    needsThat(ordinaryUser, 'root reads every file'),
    async () => {
      const home = makeHome();
      const path = home.write(DOCKER, {});
      const unreadable = {
        code: 'ERR_LAYERS_CREDENTIALS',
        message: `cannot read ${path}: permission denied`,
      };
      chmodSync(path, 0);
      expect(await errorOfAsync(() => find(home, 'h'))).toMatchObject(unreadable);
      chmodSync(dirname(path), 0);
      try {
        expect(await find(home, 'h')).toBeNull();
        home.env['REGISTRY_AUTH_FILE'] = path;
        expect(await errorOfAsync(() => find(home, 'h'))).toMatchObject(unreadable);
      } finally {
        chmodSync(dirname(path), 0o700);
      }
    },
  );

  it('is a directory', async () => {
    const home = makeHome();
    home.write(`${DOCKER}/x`, '');
    const error = await errorOfAsync(() => find(home, 'h'));
    expect(error).toMatchObject({
      code: 'ERR_LAYERS_CREDENTIALS',
      message: expect.stringMatching(/config\.json: is a directory$/),
    });
  });
});
