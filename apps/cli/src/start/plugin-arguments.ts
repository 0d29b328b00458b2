import { OFFER } from '../completion/offer-word.js';

/** A command line, and the environment that its options of docker stand for. */
export interface PluginArguments {
  readonly args: readonly string[];
  /** Variables to set, and to remove where the value is undefined. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The name of the plugin, which docker passes as the first word. */
const NAME = 'layers';

type Variables = PluginArguments['env'];

/** Returns what an option of docker before the name of the plugin means to this command; undefined for another option. */
function variablesOf(option: string, value: string): Variables | undefined {
  switch (option) {
    case '--config':
      return { DOCKER_CONFIG: value };
    case '--context':
      return { DOCKER_CONTEXT: value, DOCKER_HOST: undefined };
    case '--host':
      return { DOCKER_HOST: value, DOCKER_CONTEXT: undefined };
    case '--tlsverify':
      return { DOCKER_TLS_VERIFY: '1' };
    case '--log-level':
    case '--debug':
      return {};
    default:
      return undefined;
  }
}

const SWITCHES: ReadonlySet<string> = new Set(['--tlsverify', '--debug']);
const SHORT: ReadonlyMap<string, string> = new Map([
  ['-c', '--context'],
  ['-H', '--host'],
  ['-l', '--log-level'],
  ['-D', '--debug'],
]);

/**
 * Returns the command line of a call by docker as one of this command: `--context x layers inspect …` becomes `inspect …`.
 * Other command lines stay as they are.
 */
export function pluginArguments(words: readonly string[]): PluginArguments {
  if (words[0] === OFFER && words[1] === NAME) return { args: [OFFER, 'docker', ...words.slice(2)], env: {} };
  const env: Record<string, string | undefined> = {};
  let i = 0;
  for (let word = words[i]; word !== undefined && word !== NAME; word = words[i]) {
    const [given = '', inline] = word.split(/=(.*)/s);
    const option = SHORT.get(given) ?? given;
    const own = variablesOf(option, inline ?? words[i + 1] ?? '');
    if (own === undefined) return { args: words, env: {} };
    Object.assign(env, own);
    i += SWITCHES.has(option) || inline !== undefined ? 1 : 2;
  }
  return words[i] === NAME ? { args: words.slice(i + 1), env } : { args: words, env: {} };
}
