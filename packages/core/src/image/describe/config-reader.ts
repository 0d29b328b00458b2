import type { ComputableAlgorithm, Digest } from '../../digest/digest.js';
import { digestOf } from '../../digest/digester.js';
import { createFinding, type Finding } from '../../findings/finding.js';
import { configOddities, type ImageConfig, parseConfig } from '../../oci/config.js';
import { parseJson } from '../../oci/json.js';
import type { ArchiveFile, ArchiveReader } from '../archive/archive-reader.js';
import { findByteOrderMark } from './byte-order-mark.js';

/** A config: its exact bytes, its parsed form and its digests. */
export interface ReadConfig {
  readonly bytes: Uint8Array;
  readonly config: ImageConfig;
  readonly findings: readonly Finding[];
  digest(algorithm: ComputableAlgorithm): Digest;
}

/** Parses a config. Errors name it `name`. Throws ERR_LAYERS_JSON and ERR_LAYERS_CONFIG. */
export function readConfig(bytes: Uint8Array, name: string): ReadConfig {
  const json = parseJson(bytes, name);
  const config = parseConfig(json, name);
  const oddities = configOddities(json, bytes).map((oddity) =>
    createFinding('config-oddity', `the config has ${oddity}`),
  );
  const findings = [...findByteOrderMark(bytes, name), ...oddities];
  const digests = new Map<ComputableAlgorithm, Digest>();
  return {
    bytes,
    config,
    findings,
    digest(algorithm) {
      const digest = digests.get(algorithm) ?? digestOf(bytes, algorithm);
      digests.set(algorithm, digest);
      return digest;
    },
  };
}

export type ConfigReader = (file: ArchiveFile, name: string) => ReadConfig;

/** Reads the configs of an archive, each once: thousands of images may share one of several megabytes. */
export function createConfigReader(reader: ArchiveReader): ConfigReader {
  const read = new Map<string, ReadConfig>();
  return (file, name) => {
    const config = read.get(file.name) ?? readConfig(reader.read(file), name);
    read.set(file.name, config);
    return config;
  };
}
