import { isPlaceholder, isReference } from '../checks/placeholder.js';
import type { Candidate, SecretRule } from '../rule.js';
import { checkedTokenRule, tokenRule } from './token-rule.js';

/** Credentials of registries of packages and images. */
export const PACKAGE_REGISTRIES: readonly SecretRule[] = [
  checkedTokenRule({ id: 'npm-token', description: 'npm token', prefixes: ['npm_'] }),
  {
    id: 'npmrc-credential',
    description: 'credential in an .npmrc',
    severity: 'error',
    keywords: [':_authtoken', ':_password', '_auth'],
    ignoresCase: true,
    // npm itself has pages of documentation that are named npmrc.5 and npmrc.md.
    path: /(?:^|\/)(?:\.npmrc(?:[.-][A-Za-z0-9_-]{1,20})?|etc\/npmrc|\.yarnrc)$/,
    alsoInConfig: true,
    pattern:
      /(?::_authToken|:_password|_auth)\s{0,4}[= ]\s{0,4}["']?(?<secret>[A-Za-z0-9+/=_.~-]{8,300})(?![A-Za-z0-9+/=_.~$-])/i,
    judge: judgeValue,
    isRandom: false,
  },
  tokenRule({
    id: 'pypi-token',
    description: 'PyPI token',
    prefixes: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
    body: '[A-Za-z0-9_-]{50,380}',
    reach: 420,
  }),
  {
    id: 'pypirc-password',
    description: 'password in a .pypirc',
    severity: 'error',
    keywords: ['password'],
    ignoresCase: true,
    path: /(?:^|\/)\.pypirc$/,
    pattern: /password\s{0,4}[:=]\s{0,4}(?<secret>[^\s#]{4,200})/i,
    judge: judgeValue,
    isRandom: false,
  },
  {
    id: 'docker-config-auth',
    description: 'credential of an image registry',
    severity: 'error',
    keywords: ['"auth"', '"identitytoken"', '"registrytoken"'],
    path: /(?:^|\/)(?:\.docker\/config(?:\.json)?|\.?dockercfg|\.?dockerconfigjson|containers\/auth\.json|config\.json|auth\.json)$/i,
    alsoInConfig: true,
    pattern: /"(?:auth|identitytoken|registrytoken)"\s{0,8}:\s{0,8}"(?<secret>[A-Za-z0-9+/=_.-]{8,380})"/,
    judge: judgeDockerAuth,
    isRandom: false,
  },
  tokenRule({
    id: 'docker-hub-token',
    description: 'Docker Hub token',
    prefixes: ['dckr_pat_', 'dckr_oat_'],
    body: '[A-Za-z0-9_-]{27,32}',
  }),
  tokenRule({
    id: 'rubygems-token',
    description: 'RubyGems API key',
    prefixes: ['rubygems_'],
    body: '[0-9a-f]{48}',
  }),
  tokenRule({
    id: 'crates-io-token',
    description: 'crates.io token',
    prefixes: ['cio'],
    body: '[A-Za-z0-9]{32}',
    reach: 40,
    judge: ({ secret }) =>
      /[0-9]/.test(secret) && /[A-Z]/.test(secret) && !isPlaceholder(secret.slice(3)) ? 'error' : null,
  }),
  tokenRule({
    id: 'nuget-key',
    description: 'NuGet API key',
    prefixes: ['oy2'],
    body: '[a-z0-9]{43}',
    reach: 50,
  }),
];

function judgeValue({ secret }: Candidate): 'error' | null {
  return isReference(secret) || isPlaceholder(secret) ? null : 'error';
}

/** The value of `auth` is `user:password` in base64. */
function judgeDockerAuth({ secret }: Candidate): 'error' | null {
  const decoded = Buffer.from(secret, 'base64').toString('latin1');
  const isPair = /^[\x20-\x7e]{1,256}:[\x20-\x7e]{1,300}$/.test(decoded);
  if (isPair) return isReference(decoded.slice(decoded.indexOf(':') + 1)) ? null : 'error';
  return secret.length >= 30 && !isPlaceholder(secret) && secret.split('.').length !== 2 ? 'error' : null;
}
