import type { Candidate, SecretRule } from '../rule.js';

/** JSON Web Tokens (RFC 7519). */
export const WEB_TOKENS: readonly SecretRule[] = [
  {
    id: 'jwt',
    description: 'JSON Web Token',
    severity: 'warning',
    keywords: ['eyJ'],
    pattern:
      /(?<secret>(?<prefix>eyJ)[A-Za-z0-9_-]{12,400}\.eyJ[A-Za-z0-9_-]{12,3000}\.[A-Za-z0-9_-]{40,700})(?![A-Za-z0-9_.-])/,
    startsWord: true,
    reach: 4200,
    judge: judgeJwt,
    isRandom: true,
  },
];

/** The subject of the example that the documentation of every library repeats. */
const EXAMPLE_SUBJECT = '1234567890';

function judgeJwt({ secret }: Candidate): 'warning' | null {
  const [header, payload] = secret.split('.').map(decodeObject);
  if (header === undefined || payload === undefined) return null;
  if (typeof header['alg'] !== 'string' || header['alg'].toLowerCase() === 'none') return null;
  return payload['sub'] === EXAMPLE_SUBJECT ? null : 'warning';
}

function decodeObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
