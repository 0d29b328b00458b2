import type { Scope } from '../auth/scope.js';
import type { HttpResponse } from '../http/http-message.js';
import { parseUrl } from '../http/redirect.js';
import { fieldOf, type RequestPlace, requestError, statusError, wrongAnswer } from '../registry-error.js';
import type { Connection } from './connection.js';

/** A list that a registry sends in pages. */
export interface PagedList {
  readonly target: string;
  readonly path: string;
  readonly scopes: readonly Scope[];
  readonly place: RequestPlace;
  /** The field of the list. */
  readonly field: string;
}

const MAX_PAGE_BYTES = 32 * 1024 * 1024;
/** A registry that always names a next page would hold the client for ever. */
const MAX_PAGES = 100_000;

/**
 * Yields the items of a list, page by page: a `Link` header names the next one (RFC 8288). Yields nothing where the list does
 * not exist, and calls `onMissing`. Throws ERR_LAYERS_REGISTRY, ERR_LAYERS_REGISTRY_AUTH, ERR_LAYERS_CREDENTIALS.
 */
export async function* listPages(
  connection: Connection,
  list: PagedList,
  onMissing: () => void,
): AsyncGenerator<readonly unknown[]> {
  const { place, field } = list;
  let target: string | URL = list.target;
  const seen = new Set<string>();
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await fetchPage(connection, target, list);
    if (found === null) {
      onMissing();
      return;
    }
    const { response, bytes } = found;
    yield itemsOf(bytes, field, place);
    const next = nextPage(response.headers('link'), response.url);
    if (next === null) return;
    if (next.origin !== response.url.origin || seen.has(next.href))
      throw wrongAnswer(place, 'the registry names an invalid next page');
    seen.add(next.href);
    target = next;
  }
  throw wrongAnswer(place, `the list has more than ${MAX_PAGES} pages`);
}

/** Fetches a page, and again after a cut; null where the list does not exist. */
async function fetchPage(
  connection: Connection,
  target: string | URL,
  { path, scopes, place }: PagedList,
): Promise<{ readonly response: HttpResponse; readonly bytes: Uint8Array } | null> {
  const retries = connection.retries();
  for (;;) {
    try {
      const response = await connection.send({ method: 'GET', target, path, scopes, place });
      if (response.status === 404) {
        response.discard();
        return null;
      }
      if (response.status !== 200) throw await statusError(place, response);
      const bytes = await response.bytes(MAX_PAGE_BYTES);
      if (bytes === null) throw wrongAnswer(place, `the list has more than ${MAX_PAGE_BYTES} bytes`);
      return { response, bytes };
    } catch (error) {
      const final = requestError(place, error);
      if (!connection.isTransient(error) || !(await retries.next())) throw final;
    }
  }
}

function itemsOf(bytes: Uint8Array, field: string, place: RequestPlace): readonly unknown[] {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw wrongAnswer(place, 'the response is not JSON', cause);
  }
  const items = fieldOf(document, field);
  // Registries write null for a repository that has lost its last tag.
  if (items === null) return [];
  if (Array.isArray(items)) return items;
  throw wrongAnswer(place, `the response has no list of ${field}`);
}

/** Returns the target of the link with the relation `next`; null for none. */
function nextPage(links: readonly string[], base: URL): URL | null {
  for (const link of links) {
    for (const [, target = '', parameters = ''] of link.matchAll(/<([^>]*)>([^<]*)/g)) {
      if (/;\s*rel\s*=\s*"?next"?/i.test(parameters)) return parseUrl(target, base);
    }
  }
  return null;
}
