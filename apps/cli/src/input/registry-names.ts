import { familiarName, type Reference, tryParseReference } from '@layers/core/oci';
import { usageError } from '../command-error.js';
import { shellWord } from '../output/shell-word.js';
import { isFileName } from './image-name.js';
import { registryName } from './registry-input.js';

/**
 * Parses the name of a repository, with or without `docker://`.
 *
 * @throws LayersError ERR_LAYERS_USAGE, also for a name with a tag or digest
 */
export function parseRepository(name: string): Reference {
  const text = registryName(name) ?? name;
  if (isFileName(name)) {
    throw usageError(
      `${name} is a file or a directory, not the name of a repository`,
      `layers list ${name === '-' ? name : shellWord(name)} lists its images with their tags`,
    );
  }
  const reference = tryParseReference(text);
  if (reference === undefined) {
    throw usageError(
      `${JSON.stringify(text)} is not the name of a repository`,
      'write [REGISTRY/]NAME, such as alpine or ghcr.io/me/app',
    );
  }
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  const what = reference.digest === undefined ? 'a tag' : 'a digest';
  throw usageError(
    `${text} has ${what}, and a repository has none`,
    `layers tags ${familiarName(reference)}`,
  );
}

/**
 * Parses the host of a registry, with or without `docker://`.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function parseRegistryHost(name: string): string {
  const text = (registryName(name) ?? name).replace(/\/$/, '');
  const { domain, path } = tryParseReference(`${text}/name`) ?? {};
  if (domain !== undefined && path === 'name' && domain.toLowerCase() === text.toLowerCase()) return domain;
  if (text === 'docker.io') return text;
  const url = /^https?:\/\/([^/]+)/.exec(text)?.[1];
  const repository = tryParseReference(text);
  throw usageError(
    `${JSON.stringify(text)} is not the host of a registry`,
    url !== undefined
      ? `write the host alone: layers catalog ${shellWord(url)}`
      : repository !== undefined && text.includes('/')
        ? `layers tags ${familiarName(repository)} lists the tags of a repository`
        : 'write HOST or HOST:PORT, such as localhost:5000',
  );
}
