export type { ConfigOptions } from './config-locations.js';
export { type CredentialSourceOptions, credentialSource } from './credential-source.js';
export type { CredentialSource, Credentials } from './credentials.js';
export type { HelperOptions } from './run-helper.js';
export {
  type CredentialPlace,
  removeCredentials,
  type SaveCredentialsOptions,
  saveCredentials,
} from './save-credentials.js';
