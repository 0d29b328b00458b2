/** What the path of a request names (end-1 to end-13 of the distribution specification). */
export type Route =
  | { readonly kind: 'check' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'manifest'; readonly name: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: string }
  | { readonly kind: 'upload'; readonly name: string; readonly id: string }
  | { readonly kind: 'tags'; readonly name: string }
  | { readonly kind: 'referrers'; readonly name: string; readonly digest: string };

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Returns what a path names; null if it names nothing. */
export function routeOf(path: string): Route | null {
  if (path === '/v2/' || path === '/v2') return { kind: 'check' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  const tags = /^\/v2\/(.+)\/tags\/list$/.exec(path)?.[1];
  if (tags !== undefined) return { kind: 'tags', name: tags };
  const upload = named(/^\/v2\/(.+)\/blobs\/uploads(?:\/([^/]*))?$/, path);
  if (upload !== null) return { kind: 'upload', name: upload.name, id: upload.rest };
  const blob = named(/^\/v2\/(.+)\/blobs\/([^/]+)$/, path);
  if (blob !== null) return { kind: 'blob', name: blob.name, digest: blob.rest };
  const manifest = named(/^\/v2\/(.+)\/manifests\/([^/]+)$/, path);
  if (manifest !== null) return { kind: 'manifest', name: manifest.name, reference: manifest.rest };
  const referrers = named(/^\/v2\/(.+)\/referrers\/([^/]+)$/, path);
  return referrers === null ? null : { kind: 'referrers', name: referrers.name, digest: referrers.rest };
}

/** Returns the repository of a route; null if it has none. */
export function repositoryOf(route: Route): string | null {
  return 'name' in route ? route.name : null;
}

export function isRepositoryName(name: string): boolean {
  return name.length <= 255 && NAME.test(name);
}

function named(pattern: RegExp, path: string): { name: string; rest: string } | null {
  const [, name, rest = ''] = pattern.exec(path) ?? [];
  return name === undefined ? null : { name, rest };
}
