import { CATALOG_SCOPE, repositoryScope } from '../auth/scope.js';
import { wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';
import { listPages } from './list-pages.js';

/**
 * Yields the tags of a repository in the order of the registry. Calls `onMissing` where the repository does not exist.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS
 */
export async function* listTags(
  connection: Connection,
  path: string,
  onMissing: () => void,
): AsyncGenerator<string> {
  const list = {
    // Without a number of items: some registries cut the list at it, and name no next page.
    target: `/v2/${path}/tags/list`,
    path,
    scopes: [repositoryScope(path, 'pull')],
    place: { host: connection.name, what: `the tags of ${path}`, isWrite: false },
    field: 'tags',
  };
  yield* texts(listPages(connection, list, onMissing));
}

/**
 * Yields the repositories of a registry. Many registries do not list them.
 *
 * @throws LayersError ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS
 */
export async function* listRepositories(connection: Connection): AsyncGenerator<string> {
  const place = { host: connection.name, what: 'the list of repositories', isWrite: false };
  const list = { target: '/v2/_catalog', path: '', scopes: [CATALOG_SCOPE], place, field: 'repositories' };
  let isMissing = false;
  yield* texts(
    listPages(connection, list, () => {
      isMissing = true;
    }),
  );
  if (isMissing) throw wrongAnswer(place, 'the registry does not list its repositories');
}

/** Yields the texts of a list; other items cannot be names. */
async function* texts(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  for await (const page of pages) {
    for (const item of page) if (typeof item === 'string') yield item;
  }
}
