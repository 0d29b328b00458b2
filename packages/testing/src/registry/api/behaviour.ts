/** How the registry differs from a complete implementation of the distribution specification. Tests may change it. */
export interface Behaviour {
  /** False answers a `Range` request with 200 and the whole blob. */
  ranges: boolean;
  /** False refuses to report the offset of an upload with 400, as `crane registry serve` does. */
  uploadStatus: boolean;
  /** `append` accepts a chunk at a wrong offset and spoils the upload, as docker-registry 2.8.2 does. */
  outOfOrderChunks: 'refuse' | 'append';
  /**
   * What becomes of an upload when a request to it is cut: its bytes are kept up to the cut, or up to the request, or
   * the upload is lost, as in docker-registry 2.8.2.
   */
  cutUploads: 'kept' | 'rewound' | 'lost';
  /** The form of `Location` in answers to uploads. Both forms have a query that clients must keep. */
  location: 'absolute' | 'relative';
  /** `latest` refuses every location of an upload but that of the last answer, as docker-registry 2.8.2 does. */
  uploadLocations: 'all' | 'latest';
  /** False answers mounts with 202 and a new upload. */
  mounts: boolean;
  /** The status that refuses the deletion of a tag; null deletes it. */
  tagDeletionStatus: 400 | 405 | null;
  /** False refuses `HEAD` with 405. */
  head: boolean;
  /** True redirects `GET` of blobs to a signed URL of another host, which refuses credentials. */
  redirectBlobs: boolean;
  /** False answers requests for referrers with 404 and plain text, as a registry of version 1.0 does. */
  referrers: boolean;
  /** The most names in an answer of a list; null for no limit. Applies to tags, the catalog and referrers. */
  pageSize: number | null;
  /** False leaves out `Link` where a list is cut. */
  links: boolean;
  /** The text of a `Warning: 299` header in all answers; null for none. */
  warning: string | null;
  /** The value of `OCI-Chunk-Min-Length`; null for none. */
  minimumChunk: number | null;
  /** False accepts manifests whose blobs and manifests the repository does not have. */
  checkReferences: boolean;
}

/** The behaviour of a complete implementation. */
export const COMPLETE: Readonly<Behaviour> = {
  ranges: true,
  uploadStatus: true,
  outOfOrderChunks: 'refuse',
  cutUploads: 'kept',
  location: 'absolute',
  uploadLocations: 'all',
  mounts: true,
  tagDeletionStatus: null,
  head: true,
  redirectBlobs: false,
  referrers: true,
  pageSize: null,
  links: true,
  warning: null,
  minimumChunk: null,
  checkReferences: true,
};
