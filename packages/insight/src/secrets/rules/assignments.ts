import { entropyOf } from '../checks/entropy.js';
import { isPlaceholder, isReference } from '../checks/placeholder.js';
import type { Candidate, SecretRule } from '../rule.js';

/** The words in the name of a variable that holds a secret, and from which a keyword is made. */
const NAMES = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'api_key',
  'apikey',
  'access_key',
  'private_key',
  'encryption_key',
  'signing_key',
  'credential',
  'auth_key',
  '_pass',
  '_pwd',
];

const PATTERN =
  /(?<name>(?:password|passwd|passphrase|secret|token|api_?key|access_key|private_key|encryption_key|signing_key|credential|auth_key|_pass|_pwd)[A-Za-z0-9_.-]{0,40})["']?\s{0,2}[=:]\s{0,2}(?:"(?<quoted>[^"\r\n]{6,200})"|'(?<single>[^'\r\n]{6,200})'|(?<bare>[^\s"'`;&|<>(),]{6,200}))/i;

/**
 * Names and values such as `DB_PASSWORD=…`. Only the config of an image and files that hold variables are read for
 * them: everywhere else, most matches are programs that handle passwords.
 */
export const ASSIGNMENTS: readonly SecretRule[] = [
  {
    id: 'password-variable',
    description: 'variable with the name of a secret',
    severity: 'warning',
    keywords: NAMES,
    ignoresCase: true,
    pattern: PATTERN,
    within: 'config',
    judge: judgeVariable,
    isRandom: false,
  },
  {
    id: 'password-in-env-file',
    description: 'variable with the name of a secret in an .env file',
    severity: 'warning',
    keywords: NAMES,
    ignoresCase: true,
    pattern: PATTERN,
    within: 'files',
    path: /(?:^|\/)(?:\.env(?:\.[A-Za-z0-9_-]{1,30})?|[A-Za-z0-9_-]{1,40}\.env|etc\/environment)$/,
    judge: judgeVariable,
    isRandom: false,
  },
  {
    id: 'url-password-in-config',
    description: 'password in a URL',
    severity: 'error',
    keywords: ['://'],
    within: 'config',
    pattern: /:\/\/[^\s:@/"'<>]{0,100}:(?<secret>[^\s:@/"'<>]{3,200})@[A-Za-z0-9.[$-]/,
    judge: ({ secret }) => (isReference(secret) || isPlaceholderPassword(secret) ? null : 'error'),
    isRandom: false,
  },
  {
    id: 'authorization-header',
    description: 'authorization header',
    severity: 'error',
    keywords: ['authorization:'],
    ignoresCase: true,
    within: 'config',
    pattern: /authorization:\s{0,4}(?:basic|bearer|token)\s{1,4}(?<secret>[A-Za-z0-9+/=_.~-]{12,300})/i,
    judge: ({ secret }) => (isReference(secret) || isPlaceholder(secret) ? null : 'error'),
    isRandom: false,
  },
];

/** What the name of a variable ends with that says where a secret is, or which one, but not what it is. */
const OTHER_NAMES =
  /(?:file|path|dir|url|uri|host|name|type|ttl|expir\w*|length|size|version|sha\w*|digest|checksum|prefix|suffix|enabled?|required|policy|issuer|endpoint|algorithm|header|count|limit|max\w*|min\w*|timeout|public\w*|id|ids|class|mode|format|provider|store|manager|service|arn)$/i;

const LEAST_ENTROPY = 2.5;

function judgeVariable({ secret, groups }: Candidate): 'warning' | null {
  const name = groups['name'] ?? '';
  if (OTHER_NAMES.test(name) || isReference(secret) || isPlaceholderPassword(secret)) return null;
  if (
    /^(?:true|false|none|null|undefined|disabled|enabled|required|optional|[\d.]+|https?:\/\/.*|\/.*)$/i.test(
      secret,
    )
  )
    return null;
  return entropyOf(secret) >= LEAST_ENTROPY ? 'warning' : null;
}

function isPlaceholderPassword(secret: string): boolean {
  return /^(?:\*+|x+|\.+|pass(?:word|wd)?\d{0,3}|secret|token|.{0,12}example.{0,12}|change.?me.{0,8}|your.{0,30}|<.*)$/i.test(
    secret,
  );
}
