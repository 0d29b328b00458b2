import { type Answer, jsonAnswer } from '../http/answers.ts';
import type { Call } from '../http/http-server.ts';
import type { RequestLog } from '../http/request-log.ts';
import { type BearerOptions, userOf } from './authentication.ts';
import { parseScope, type Scope } from './scopes.ts';

/** A request for a token, as its query or its form states it. */
interface TokenRequest {
  /** Null for an anonymous request. */
  readonly user: string | null;
  readonly scopes: readonly Scope[];
  readonly wantsRefreshToken: boolean;
  /** Whether it is a request of OAuth2, whose answer has `access_token`. */
  readonly isOAuth: boolean;
}

export interface TokenServerOptions {
  readonly bearer: BearerOptions;
  readonly log: RequestLog;
  /** Returns a token for scopes. */
  issue(scopes: readonly Scope[], seconds: number): string;
}

/** The lifetime of tokens where `expires_in` is absent, in docker's specification of token authentication. */
const USUAL_SECONDS = 60;

/** Answers requests for tokens: `GET` with a query, and `POST` with a form as in OAuth2. */
export async function answerToken(call: Call, options: TokenServerOptions): Promise<Answer> {
  if (call.url.pathname !== '/token') return refusal(404, 'not found');
  const { bearer, issue } = options;
  const request = call.method === 'POST' ? await formRequest(call, options) : queryRequest(call, bearer);
  if (request === null) return refusal(401, 'incorrect username or password');
  const { rights = usualRights } = bearer;
  const granted = request.scopes.map((scope) => {
    const allowed = rights(request.user, scope);
    return { ...scope, actions: scope.actions.filter((action) => allowed.includes(action)) };
  });
  const seconds = bearer.expiresIn === undefined ? 300 : bearer.expiresIn;
  const token = issue(granted, seconds ?? USUAL_SECONDS);
  const { tokenField = 'token' } = bearer;
  const refreshToken = refreshTokenOf(request.user, bearer);
  return jsonAnswer({
    ...(tokenField === 'access_token' || request.isOAuth ? {} : { token }),
    ...(tokenField === 'token' && !request.isOAuth ? {} : { access_token: token }),
    ...(seconds === null ? {} : { expires_in: seconds }),
    ...(request.wantsRefreshToken && refreshToken !== null ? { refresh_token: refreshToken } : {}),
    issued_at: new Date().toISOString(),
  });
}

function usualRights(user: string | null, { actions }: Scope): readonly string[] {
  return user === null ? ['pull'] : actions;
}

function queryRequest(call: Call, { users }: BearerOptions): TokenRequest | null {
  const query = call.url.searchParams;
  const header = call.headers['authorization'];
  const user = userOf(header, users);
  if (header !== undefined && user === null) return null;
  return {
    user,
    scopes: query.getAll('scope').filter(Boolean).map(parseScope),
    wantsRefreshToken: query.get('offline_token') === 'true',
    isOAuth: false,
  };
}

async function formRequest(call: Call, { bearer, log }: TokenServerOptions): Promise<TokenRequest | null> {
  const form = new URLSearchParams((await call.body()).toString('utf8'));
  const [given, password] = [form.get('refresh_token'), form.get('password')];
  for (const secret of [given, password]) if (secret !== null) log.addForm(call.record, secret);
  const user =
    form.get('grant_type') === 'refresh_token'
      ? bearer.refreshTokens?.[given ?? '']
      : userWithPassword(form.get('username'), password, bearer);
  if (user === undefined) return null;
  return {
    user,
    scopes: (form.get('scope') ?? '').split(' ').filter(Boolean).map(parseScope),
    wantsRefreshToken: form.get('access_type') === 'offline',
    isOAuth: true,
  };
}

function userWithPassword(
  user: string | null,
  password: string | null,
  { users }: BearerOptions,
): string | undefined {
  return user !== null && password !== null && users[user] === password ? user : undefined;
}

function refreshTokenOf(user: string | null, { refreshTokens = {} }: BearerOptions): string | null {
  return Object.entries(refreshTokens).find(([, owner]) => owner === user)?.[0] ?? null;
}

function refusal(status: number, details: string): Answer {
  return jsonAnswer({ details }, { status });
}
