import { ExitStatus } from '../../exit-status.js';
import {
  CREDENTIAL_OPTIONS,
  documentFormat,
  IMAGE_OPTIONS,
  JSONL,
  REGISTRY_OPTIONS,
  rowsFormat,
} from '../options.js';
import type { ArgumentRecord, CommandGroup, CommandRecord } from '../record.js';
import { REGISTRY_ACCESS } from './transfer.js';

const READS_REGISTRY: CommandRecord['statuses'] = {
  [ExitStatus.input]: 'the registry does not answer, or refuses',
};

const REFERENCE: ArgumentRecord = {
  name: '<IMAGE>',
  summary: 'an image in a registry, or an archive, an OCI layout or store:NAME',
};

const TAGS: CommandRecord = {
  name: 'tags',
  otherNames: ['list-tags', 'crane ls', 'regctl tag ls'],
  summary: 'List the tags of a repository in a registry',
  arguments: [{ name: '<NAME>', summary: 'a repository, such as alpine or ghcr.io/me/app' }],
  options: [rowsFormat('tags', 'tag', 'Tag'), ...CREDENTIAL_OPTIONS, ...REGISTRY_OPTIONS, JSONL],
  examples: ['layers tags registry.example/app', 'layers tags --json registry.example/app | jq -r .tags[0]'],
  statuses: READS_REGISTRY,
  load: async () => (await import('../../commands/tags.js')).tags,
};

const CATALOG: CommandRecord = {
  name: 'catalog',
  summary: 'List the repositories of a registry',
  arguments: [{ name: '<HOST>', summary: 'a registry, such as localhost:5000' }],
  options: [
    rowsFormat('catalog', 'repository', 'Repository'),
    ...CREDENTIAL_OPTIONS,
    ...REGISTRY_OPTIONS,
    JSONL,
  ],
  examples: ['layers catalog registry.example'],
  statuses: READS_REGISTRY,
  load: async () => (await import('../../commands/catalog.js')).catalog,
};

const MANIFEST: CommandRecord = {
  name: 'manifest',
  otherNames: ['manifest inspect', 'raw'],
  summary: 'Print the manifest or the index of an image, byte for byte',
  arguments: [REFERENCE],
  options: [
    documentFormat('manifest', 'manifest.config.digest'),
    ...IMAGE_OPTIONS,
    ...CREDENTIAL_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  examples: [
    'layers manifest registry.example/app:1.0',
    'layers manifest --platform linux/amd64 registry.example/app:1.0',
    'layers manifest oci:layout | sha256sum',
  ],
  statuses: READS_REGISTRY,
  load: async () => (await import('../../commands/manifest.js')).manifest,
};

const DIGEST: CommandRecord = {
  name: 'digest',
  otherNames: ['manifest-digest'],
  summary: 'Print the digest of the manifest or the index of an image',
  arguments: [REFERENCE],
  options: [documentFormat('digest', 'digest'), ...IMAGE_OPTIONS, ...CREDENTIAL_OPTIONS, ...REGISTRY_OPTIONS],
  examples: ['layers digest registry.example/app:1.0', 'layers digest oci:layout'],
  statuses: READS_REGISTRY,
  load: async () => (await import('../../commands/digest.js')).digest,
};

/** The commands that show what is in a registry. */
export const REGISTRY: CommandGroup = {
  title: 'Registries:',
  commands: [TAGS, CATALOG, MANIFEST, DIGEST, ...REGISTRY_ACCESS],
};
