import { type Route, repositoryOf } from '../api/routes.ts';
import type { Call } from '../http/http-server.ts';

/** Actions on a resource, as tokens grant them: `repository:library/alpine:pull,push`. */
export interface Scope {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

export function parseScope(text: string): Scope {
  // A name can have a port, so the first and the last colon separate the parts.
  const [first, last] = [text.indexOf(':'), text.lastIndexOf(':')];
  const actions = text.slice(last + 1).split(',');
  return { type: text.slice(0, first), name: text.slice(first + 1, last), actions };
}

export function printScope({ type, name, actions }: Scope): string {
  return `${type}:${name}:${actions.join(',')}`;
}

/** Returns the scopes that a request needs. A mount needs both repositories. */
export function neededScopes(call: Call, route: Route): readonly Scope[] {
  if (route.kind === 'catalog') return [{ type: 'registry', name: 'catalog', actions: ['*'] }];
  const name = repositoryOf(route);
  if (name === null) return [];
  const from = call.url.searchParams.get('from');
  const other = from === null ? [] : [{ type: 'repository', name: from, actions: ['pull'] }];
  return [{ type: 'repository', name, actions: actionsOf(call.method, route) }, ...other];
}

/** Returns whether scopes grant all that is needed. */
export function covers(granted: readonly Scope[], needed: readonly Scope[]): boolean {
  return needed.every(({ type, name, actions }) =>
    actions.every((action) =>
      granted.some((scope) => scope.type === type && scope.name === name && scope.actions.includes(action)),
    ),
  );
}

function actionsOf(method: string, route: Route): readonly string[] {
  if (method === 'GET' && route.kind === 'upload') return ['pull', 'push'];
  if (method === 'GET' || method === 'HEAD') return ['pull'];
  // The end of an upload is part of a push.
  return method === 'DELETE' && route.kind !== 'upload' ? ['delete'] : ['pull', 'push'];
}
