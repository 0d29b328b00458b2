import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { digestOf } from '../../digest/digester.js';
import { type ImageConfig, parseConfig } from '../../oci/config.js';
import { parseJson } from '../../oci/json.js';
import type { ArchiveFile, ArchiveReader } from '../archive/archive-reader.js';

/** A config: its exact bytes, what they say, and their digests. */
export interface ReadConfig {
  readonly bytes: Uint8Array;
  readonly config: ImageConfig;
  digest(algorithm: ComputableAlgorithm): Digest;
}

/** Reads a config that errors call by `name`. Throws ERR_LAYERS_JSON and ERR_LAYERS_CONFIG. */
export function readConfig(bytes: Uint8Array, name: string): ReadConfig {
  const config = parseConfig(parseJson(bytes, name), name);
  const digests = new Map<ComputableAlgorithm, Digest>();
  return {
    bytes,
    config,
    digest(algorithm) {
      const digest = digests.get(algorithm) ?? digestOf(bytes, algorithm);
      digests.set(algorithm, digest);
      return digest;
    },
  };
}

export type ConfigReader = (member: ArchiveFile, name: string) => ReadConfig;

/** Reads the configs of an archive, each once: thousands of images may name one that has megabytes. */
export function createConfigReader(members: ArchiveReader): ConfigReader {
  const read = new Map<string, ReadConfig>();
  return (member, name) => {
    const config = read.get(member.name) ?? readConfig(members.read(member), name);
    read.set(member.name, config);
    return config;
  };
}
