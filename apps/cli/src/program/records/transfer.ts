import { ExitStatus } from '../../exit-status.js';
import { READS } from '../help.js';
import {
  BYTES,
  CREDENTIAL_OPTIONS,
  FORCE,
  FORMAT,
  IMAGE_OPTIONS,
  PLATFORM,
  REGISTRY_OPTIONS,
  REGISTRY_WRITE_OPTIONS,
} from '../options.js';
import type { CommandRecord } from '../record.js';

const FROM_REGISTRY: CommandRecord['statuses'] = {
  [ExitStatus.input]: 'the registry cannot be read, or denies access',
};

const TO_REGISTRY: CommandRecord['statuses'] = {
  [ExitStatus.input]: 'the image cannot be read, or the registry denies access',
};

/** Loads images of registries into the store. */
export const PULL: CommandRecord = {
  name: 'pull',
  imageNames: ['pull'],
  otherNames: ['download'],
  summary: 'Load images from registries into the local store',
  arguments: [{ name: '<NAME...>', summary: 'images in registries: [REGISTRY/]NAME[:TAG|@DIGEST]' }],
  options: [
    { flags: '--all', summary: 'load all platforms, with their index', conflicts: ['platform'] },
    PLATFORM,
    ...CREDENTIAL_OPTIONS,
    ...REGISTRY_OPTIONS,
  ],
  examples: ['layers pull alpine:3.20', 'layers pull --platform linux/arm64 localhost:5000/app'],
  statuses: FROM_REGISTRY,
  load: async () => (await import('../../commands/pull.js')).pull,
};

/** Sends images of the store to registries. */
export const PUSH: CommandRecord = {
  name: 'push',
  imageNames: ['push'],
  otherNames: ['upload'],
  summary: 'Send an image of the local store to a registry',
  arguments: [
    { name: '<REF>', summary: 'an image in the store, by name or id' },
    { name: '[DESTINATION]', summary: 'the name in the registry (default: the name of the image)' },
  ],
  options: [
    { flags: '-a, --all-tags', summary: 'send all tags of the name' },
    PLATFORM,
    ...REGISTRY_WRITE_OPTIONS,
    BYTES,
  ],
  examples: [
    'layers push localhost:5000/app:1.0',
    'layers push app:1.0 docker://registry.example/team/app:1.0',
  ],
  statuses: TO_REGISTRY,
  load: async () => (await import('../../commands/push.js')).push,
};

/** Copies images as they are. */
export const COPY: CommandRecord = {
  name: 'copy',
  otherNames: ['cp', 'sync'],
  summary: 'Copy an image as it is between registries, archives and the store',
  arguments: [
    { name: '<SOURCE>', summary: 'docker://NAME, an archive, an OCI layout, or an image of the store' },
    {
      name: '<DESTINATION>',
      summary: 'docker://NAME, a file, oci:DIR, store:NAME, docker-daemon:NAME or - (stdout)',
    },
  ],
  options: [
    { flags: '-a, --all', summary: 'copy all platforms, with their index', conflicts: ['platform'] },
    ...IMAGE_OPTIONS,
    { flags: '--referrers', summary: 'also copy signatures, SBOMs and what else refers to the image' },
    FORMAT,
    FORCE,
    ...sideOptions('src', 'source'),
    ...sideOptions('dest', 'destination'),
    ...REGISTRY_OPTIONS.filter(({ flags }) => !flags.startsWith('--cert-dir')),
    BYTES,
  ],
  examples: [
    'layers copy docker://alpine:3.20 oci:layout',
    'layers copy --all docker://alpine docker://localhost:5000/alpine',
    'layers copy app.tar docker://localhost:5000/app:1.0',
  ],
  statuses: { ...READS, ...TO_REGISTRY },
  load: async () => (await import('../../commands/copy.js')).copy,
};

/** The options of one side of a copy. Only one password can come from standard input. */
function sideOptions(prefix: 'src' | 'dest', side: string): CommandRecord['options'] {
  const other = prefix === 'src' ? 'destPasswordStdin' : 'srcPasswordStdin';
  return [
    { flags: `--${prefix}-username <NAME>`, summary: `use this user name for the ${side}` },
    {
      flags: `--${prefix}-password-stdin`,
      summary: `read the password for the ${side} from standard input`,
      conflicts: [other],
    },
    { flags: `--${prefix}-authfile <FILE>`, summary: `use the credentials in this file for the ${side}` },
    { flags: `--${prefix}-insecure`, summary: `accept any certificate, and http, of the ${side}` },
    {
      flags: `--${prefix}-cert-dir <DIR>`,
      summary: `use the certificates in this directory for the ${side}`,
    },
  ];
}

const LOGIN: CommandRecord = {
  name: 'login',
  otherNames: ['auth login'],
  summary: 'Check credentials with a registry, and save them',
  arguments: [{ name: '[HOST]', summary: 'the registry (default: docker.io)' }],
  options: [...REGISTRY_WRITE_OPTIONS],
  examples: ['layers login -u me --password-stdin registry.example < password.txt'],
  statuses: { [ExitStatus.input]: 'the registry cannot be reached, or denies access' },
  load: async () => (await import('../../commands/login.js')).login,
};

const LOGOUT: CommandRecord = {
  name: 'logout',
  otherNames: ['auth logout'],
  summary: 'Remove the saved credentials for a registry',
  arguments: [{ name: '[HOST]', summary: 'the registry (default: docker.io)' }],
  options: [{ flags: '--authfile <FILE>', summary: 'use only the credentials in this file' }],
  examples: ['layers logout registry.example'],
  statuses: { [ExitStatus.input]: 'the credentials cannot be read' },
  load: async () => (await import('../../commands/logout.js')).logout,
};

const RM: CommandRecord = {
  name: 'rm',
  otherNames: ['delete'],
  summary: 'Delete a tag of a registry, or by digest an image with its tags',
  arguments: [{ name: '<NAME>', summary: 'docker://NAME:TAG or docker://NAME@DIGEST' }],
  options: [
    { flags: '-f, --force', summary: 'delete an image by digest with all its tags' },
    ...REGISTRY_WRITE_OPTIONS,
  ],
  examples: ['layers rm docker://localhost:5000/app:1.0'],
  statuses: FROM_REGISTRY,
  load: async () => (await import('../../commands/rm.js')).rm,
};

/** The commands that change what registries have, and how they are accessed. */
export const REGISTRY_ACCESS: readonly CommandRecord[] = [LOGIN, LOGOUT, RM];
