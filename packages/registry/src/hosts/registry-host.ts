/** The options of `node:tls` for a registry; certificates and keys are PEM text. */
export interface RegistryTls {
  /** Certificate authorities that are trusted beside those of the system. */
  readonly ca?: readonly string[];
  /** The certificate and the key of the client. */
  readonly cert?: string;
  readonly key?: string;
  /** False accepts any certificate. */
  readonly rejectUnauthorized: boolean;
}

/** A server that answers for a registry: the registry itself, or a mirror of it. */
export interface RegistryHost {
  /** The domain of image names that the server answers for, such as `docker.io`. */
  readonly domain: string;
  /** The domain under which the user has credentials for the server: `domain`, or the host of a mirror. */
  readonly credentialsDomain: string;
  /** The origin of the server, without a path, such as `https://registry-1.docker.io`. */
  readonly origin: string;
  /** The origin to use where the server at `origin` does not speak TLS; null where only `origin` is allowed. */
  readonly httpFallback: string | null;
  /** A prefix of repositories on the server, for mirrors such as `mirror.example.com/hub`; '' for none. */
  readonly prefix: string;
  readonly isMirror: boolean;
  readonly tls: RegistryTls;
}
