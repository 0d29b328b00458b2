/** What identifies the user to a registry. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, docker's `identitytoken`: the token server exchanges it for access tokens. */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** An access token that is sent as it is, docker's `registrytoken`. */
  | { readonly kind: 'registry-token'; readonly token: string };

/** Finds the credentials for a repository. */
export interface CredentialSource {
  /**
   * Returns the credentials for a repository, or null for anonymous access.
   *
   * @param domain the domain of image names, such as `docker.io` or `localhost:5000`
   * @param path the repository, such as `library/alpine`; '' for the registry as a whole
   * @throws LayersError ERR_LAYERS_CREDENTIALS where a file or a helper cannot be used
   */
  find(domain: string, path: string): Promise<Credentials | null>;
}
