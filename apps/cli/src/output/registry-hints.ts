import type { LayersError } from '@layers/errors';
import { shellWord } from './shell-word.js';

/** Returns a hint about an image or a repository that a registry does not have; undefined for other errors. */
export function missingInRegistry({ message }: LayersError): string | undefined {
  const image = /^the registry has no image ([^@]+?)(?::[\w.-]+|@\S+)$/.exec(message)?.[1];
  if (image !== undefined) return `layers tags ${shellWord(image)} lists the tags of the repository`;
  if (message.includes('which the registry lacks'))
    return 'choose another platform with --platform OS/ARCH, or push the image again with all platforms';
  const repository = /^the registry has no repository (\S+)$/.exec(message)?.[1];
  if (repository === undefined) return undefined;
  const host = hostOf(repository);
  return host === null
    ? 'check the name: without a registry it is one of Docker Hub'
    : `check the name; layers catalog ${shellWord(host)} lists the repositories, if the registry allows it`;
}

/** Returns the registry of a name as docker shows it; null for Docker Hub. */
function hostOf(repository: string): string | null {
  const first = repository.split('/')[0] ?? '';
  return repository.includes('/') && /[.:]|^localhost$/.test(first) ? first : null;
}

/** Returns what to do where a registry denies access. Registries also deny access to what does not exist. */
export function loginHint({ message }: LayersError): string {
  if (/^\S+: log in: /.test(message))
    return 'check the user name and the password; some registries take an access token in place of the password';
  const host = /^(\S+?): /.exec(message)?.[1];
  const login = host === undefined || /(?:^|\.)docker\.(?:io|com)$/.test(host) ? '' : ` ${shellWord(host)}`;
  return `check the name; if the image is private: layers login${login}`;
}

/** Returns what to do where a registry cannot be read; undefined where the hint of the library says it. */
export function registryHint({ message, hint = '' }: LayersError): string | undefined {
  const host = /^(\S+?): /.exec(message)?.[1] ?? 'HOST';
  if (message.includes('does not list its repositories'))
    return 'many registries do not: layers tags NAME lists the tags of one repository';
  if (hint.includes('certs.d'))
    return `add its certificate authority: /etc/docker/certs.d/${host}/ca.crt, or --cert-dir DIR; --insecure accepts any certificate`;
  if (hint.includes('without TLS')) return 'if the registry has no TLS, add --insecure';
  if (hint.includes('limits the rate')) return 'try again later, or log in for a higher limit: layers login';
  return undefined;
}
