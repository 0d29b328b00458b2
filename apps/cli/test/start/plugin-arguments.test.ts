import { describe, expect, it } from 'vitest';
import { pluginArguments } from '../../src/start/plugin-arguments.ts';

describe('the command line of a plugin of docker', () => {
  it.each([
    [['layers', 'inspect', 'layers'], ['inspect', 'layers'], {}],
    [['layers'], [], {}],
    [['inspect', 'app.tar'], ['inspect', 'app.tar'], {}],
    [['--version'], ['--version'], {}],
    [[], [], {}],
    [['--context', 'x', 'layers', 'images'], ['images'], { DOCKER_CONTEXT: 'x', DOCKER_HOST: undefined }],
    [['-c=x', 'layers', 'ls', '-c'], ['ls', '-c'], { DOCKER_CONTEXT: 'x', DOCKER_HOST: undefined }],
    [
      ['-H', 'tcp://h:1', '--tlsverify', '-D', 'layers', 'x'],
      ['x'],
      { DOCKER_HOST: 'tcp://h:1', DOCKER_CONTEXT: undefined, DOCKER_TLS_VERIFY: '1' },
    ],
    [['--config=/c', '-l', 'debug', 'layers', 'x'], ['x'], { DOCKER_CONFIG: '/c' }],
    [['--tlscacert', 'ca.pem', 'layers', 'x'], ['--tlscacert', 'ca.pem', 'layers', 'x'], {}],
    [['--context', 'layers'], ['--context', 'layers'], {}],
    [['__complete', 'layers', 'inspect', ''], ['__complete', 'docker', 'inspect', ''], {}],
    [['__complete', 'names', 'a'], ['__complete', 'names', 'a'], {}],
  ])('%j is %j', (words, args, env) => {
    expect(pluginArguments(words)).toEqual({ args, env });
  });
});
