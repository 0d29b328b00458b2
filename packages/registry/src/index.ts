export { createRegistryClient, type RegistryOptions } from './api/create-client.js';
export { type CopyImageOptions, copyImage, openRegistryImage, pullImages, pushImages } from './api/images.js';
export type { ManifestBytes } from './client/manifest-bytes.js';
export type { RegistryClient } from './client/registry-client.js';
export type {
  BlobOptions,
  Deletion,
  PushedBlob,
  PushedManifest,
  PushResult,
  Referrer,
  Referrers,
  Repository,
} from './client/repository.js';
export type { CopiedGraph, CopyOptions } from './copy/copy-graph.js';
export type { PlatformChoice } from './copy/image-graph.js';
export type { PushCounts, PushedImage, PushOptions } from './copy/push-images.js';
export type { ConfigOptions } from './credentials/config-locations.js';
export type { Credentials } from './credentials/credentials.js';
export type { HelperOptions } from './credentials/run-helper.js';
export {
  type CredentialPlace,
  removeCredentials,
  type SaveCredentialsOptions,
  saveCredentials,
} from './credentials/save-credentials.js';
export type { Environment } from './hosts/environment.js';
export type { HostOptions } from './hosts/registry-hosts.js';
export type { RetryPolicy } from './http/retry.js';
