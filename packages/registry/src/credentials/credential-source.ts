import { credentialsOfEntry } from './auth-entry.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { matchingKeys, serverOf } from './config-keys.js';
import { type ConfigOptions, configLocations } from './config-locations.js';
import { getFromHelper } from './credential-helper.js';
import type { CredentialSource, Credentials } from './credentials.js';
import type { HelperOptions } from './run-helper.js';

export interface CredentialSourceOptions extends ConfigOptions, HelperOptions {
  /** Credentials to use for every repository, in place of any file. */
  readonly credentials?: Credentials | undefined;
}

/**
 * Returns a source that searches the files and credential helpers of docker, podman and skopeo. Each file is read once,
 * when it is needed, and each helper is asked once for a registry.
 *
 * In a file, the helper of the registry comes before the helper of all registries, and both before the entries in the
 * file. Where a helper has no credentials, the search goes on.
 */
export function credentialSource(options: CredentialSourceOptions): CredentialSource {
  const { credentials } = options;
  if (credentials !== undefined) return { find: async () => credentials };
  const locations = configLocations(options);
  const files = new Map<string, ConfigFile | null>();
  const answers = new Map<string, Promise<Credentials | null>>();

  const ask = (helper: string, server: string): Promise<Credentials | null> => {
    const key = `${helper} ${server}`;
    const answer = answers.get(key) ?? getFromHelper(helper, server, options);
    answers.set(key, answer);
    return answer;
  };
  const findInFile = async (file: ConfigFile, domain: string, path: string): Promise<Credentials | null> => {
    const helper = helperFor(file, domain);
    const answer = helper === null ? null : await ask(helper, serverOf(domain));
    return answer ?? findEntry(file, domain, path);
  };
  return {
    async find(domain, path) {
      for (const location of locations) {
        const known = files.get(location.path);
        const file = known === undefined ? readConfigFile(location) : known;
        files.set(location.path, file);
        const found = file === null ? null : await findInFile(file, domain, path);
        if (found !== null) return found;
      }
      return null;
    },
  };
}

/** Returns the name of the credential helper for a registry; null if the file names none. */
export function helperFor({ credHelpers, credsStore }: ConfigFile, domain: string): string | null {
  const [key] = matchingKeys(credHelpers.keys(), domain, '');
  return (key === undefined ? undefined : credHelpers.get(key)) ?? credsStore;
}

function findEntry({ auths, path: file }: ConfigFile, domain: string, path: string): Credentials | null {
  for (const key of matchingKeys(auths.keys(), domain, path)) {
    const found = credentialsOfEntry(auths.get(key), { file, key });
    if (found !== null) return found;
  }
  return null;
}
