import { layers } from '@layers/testing/command';
import { describe, expect, it } from 'vitest';

describe('a wrong command line', () => {
  it.each([
    [['inspect', '--top', 'x', 'a.tar'], '--top x is invalid: it must be a whole number from 0'],
    [['inspect', '--color', 'x', 'a.tar'], '--color x is invalid: allowed choices are auto, always, never'],
    [['squash', 'a.tar', '-o'], '--output requires a value: <FILE>'],
    [['store', 'x'], 'ACTION x is invalid: allowed choices are check, path'],
    [['waste', 'a', 'b'], "too many arguments for 'waste': expected 1 argument but got 2"],
    [['help', 'x'], "unknown command 'x'"],
    [['repack', 'a.tar', '-o', 'docker://X'], '"X" is not the name of an image'],
    [['repack', 'a.tar', '-o', 'docker://'], 'no image name after docker://'],
    [['repack', 'a.tar', '-o', 'docker://x', '--format', 'oci'], 'docker:// excludes --format'],
    [['repack', 'a.tar', '-o', 'docker://x', '--tag', 'y'], 'docker:// excludes --tag'],
    [['copy', 'a.tar', 'b.tar', '--referrers'], '--referrers copies from a registry to a registry'],
    [['rm', 'app'], '"app" does not begin with docker://'],
    [['login', 'not a host'], '"not a host" is not the name of a registry'],
    [['login', 'registry.example'], 'standard input is not a terminal to ask for a password'],
    [['repack', 'a.tar', '-o', 's3://x'], 'images cannot be written to s3:'],
  ])('%j is explained in one line', (args, message) => {
    const { status, stdout, stderr } = layers(args);
    expect([status, stdout, stderr.split(' [')[0]]).toEqual([2, '', `error: ${message}`]);
    expect(stderr).toMatch(/\nhint: .+\n$/);
  });

  it.each([
    ['config', '--set-user-name', /^(?!.*unset)/],
    ['config', '--set-nothing', /^(?!.*unset)/],
    ['verify', '--progress', /^(?!.*--no-progress)/],
    ['load', '--force', /load --help/],
  ])('%s %s gets no suggestion of the opposite', (command, option, hint) => {
    const { status, stderr } = layers([command, option]);
    expect([status, stderr.split('hint: ')[1]]).toEqual([2, expect.stringMatching(hint)]);
  });

  it.each([
    [['push', '../a.tar', 'docker://x/a:2'], 'push sends images', 'layers copy ../a.tar docker://x/a:2'],
    [['push', 'oci:lay', 'x/a:2'], 'push sends images', 'layers copy oci:lay docker://x/a:2'],
    [['pull', 'oci:lay'], 'pull reads registries', 'layers copy oci:lay store:NAME'],
    [['pull', './a b.tar'], 'pull reads registries', "layers copy './a b.tar' store:NAME"],
    [['tags', 'a.tar'], 'a.tar is a file', 'layers list a.tar'],
    [['check', '--max-size', '9', 'a.tar'], "unknown option '--max-size'", 'one of --max-stored-size, '],
    [['secret', 'a.tar'], "unknown command 'secret'", 'did you mean secrets?'],
  ])('%j leads to %s: %s', (args, message, hint) => {
    const { status, stderr } = layers(args);
    expect([status, stderr.split('hint: ')]).toEqual([
      2,
      [expect.stringContaining(message), expect.stringContaining(hint)],
    ]);
  });

  it('names of registries that look like files follow docker://', () => {
    const { stderr } = layers(['pull', 'docker://localhost:1/a.tar']);
    expect(stderr).not.toContain('is a file');
  });

  it.each([
    ['inspct', 'did you mean inspect?'],
    ['dfif', 'did you mean diff?'],
    ['histroy', 'did you mean history?'],
    ['loaf', 'did you mean load?'],
  ])('%s gets the command that is spelled almost so', (word, hint) => {
    expect(layers([word]).stderr).toContain(`hint: ${hint}`);
  });

  it.each(['name', 'stream', 'server', 'files', 'test', 'vm', 'fs', 'path', 'refs'])(
    '%s, which is another word, gets no command of similar spelling',
    (word) => {
      expect(layers([word]).stderr).toContain('hint: layers --help lists the commands');
    },
  );

  it('with two inputs of load is refused', () => {
    expect(layers(['load', 'a.tar', '-i', 'b.tar'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('two inputs are named: a.tar and b.tar'),
    });
  });

  it.each([['help'], ['help', 'inspect'], ['help', 'image', 'ls'], ['help', '--help'], ['help', 'help']])(
    '%s %s %s is no error',
    (...args) => {
      expect(layers(args)).toMatchObject({ status: 0, stderr: '' });
    },
  );
});
