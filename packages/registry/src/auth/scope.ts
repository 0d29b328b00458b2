/** What a request does in a repository. */
export type Action = 'pull' | 'push' | 'delete';

/** A resource and actions on it, in the grammar of docker's token specification: `repository:library/alpine:pull`. */
export type Scope = `${string}:${string}:${string}`;

/** Returns the scope for actions in a repository. */
export function repositoryScope(path: string, ...actions: readonly Action[]): Scope {
  return `repository:${path}:${actions.join(',')}`;
}

/** The scope for the list of repositories. */
export const CATALOG_SCOPE: Scope = 'registry:catalog:*';

/** Returns a key that is equal for equal sets of scopes. */
export function scopeKey(scopes: readonly Scope[]): string {
  return [...new Set(scopes)].sort().join(' ');
}
