import { isBech32 } from '../checks/bech32.js';
import { isPlaceholder } from '../checks/placeholder.js';
import type { Candidate, SecretRule } from '../rule.js';

/** A line end, in a file or in a string of JSON, of a program or of YAML. */
const LINE_END = '(?:\\r?\\n|\\\\r\\\\n|\\\\n|\\\\\\\\n| )';
const HEADER_END = '(?:\\r?\\n|\\\\r\\\\n|\\\\n)';
const HEADERS = `(?:[A-Za-z-]{3,20}: ?[^\\r\\n\\\\]{0,100}${HEADER_END}){0,4}`;
const INDENT = '[ \\t"\'+>|]{0,40}';
const BODY = `(?<secret>[A-Za-z0-9+/=]{40,80}(?:${LINE_END}${INDENT}[A-Za-z0-9+/=]{4,80}){0,120})`;

function pemPattern(label: string): RegExp {
  return new RegExp(
    `(?<prefix>-----BEGIN ${label}-----)["']?[ ,+]{0,4}${LINE_END}${INDENT}(?<headers>${HEADERS})(?:${LINE_END}${INDENT}){0,2}${BODY}`,
  );
}

/** Private keys. */
export const KEYS: readonly SecretRule[] = [
  {
    id: 'ssh-host-key',
    description: 'SSH host key, the same in every container of the image',
    severity: 'warning',
    keywords: ['-----BEGIN '],
    path: /(?:^|\/)ssh_host_[a-z0-9_]{2,20}_?key$/,
    pattern: pemPattern('(?:[A-Z0-9]{2,10} )?PRIVATE KEY'),
    reach: 8000,
    judge: judgeKey('warning'),
    isRandom: true,
  },
  {
    id: 'pgp-private-key',
    description: 'PGP private key',
    severity: 'error',
    keywords: ['-----BEGIN PGP PRIVATE'],
    pattern: pemPattern('PGP PRIVATE KEY BLOCK'),
    reach: 8000,
    judge: judgeKey('error'),
    isRandom: true,
  },
  {
    id: 'encrypted-private-key',
    description: 'private key that a passphrase protects',
    severity: 'warning',
    keywords: ['-----BEGIN ENCRYPTED'],
    pattern: pemPattern('ENCRYPTED PRIVATE KEY'),
    reach: 8000,
    judge: judgeKey('warning'),
    isRandom: true,
  },
  {
    id: 'private-key',
    description: 'private key',
    severity: 'error',
    keywords: ['-----BEGIN '],
    pattern: pemPattern('(?:(?:RSA|DSA|EC|OPENSSH|ANY|SSH2) )?PRIVATE KEY'),
    reach: 8000,
    judge: judgeKey('error'),
    isRandom: true,
  },
  {
    id: 'putty-private-key',
    description: 'PuTTY private key',
    severity: 'error',
    keywords: ['PuTTY-User-Key-File-'],
    pattern:
      /(?<prefix>PuTTY-User-Key-File-)[1-3]: ?[a-z0-9-]{4,40}\r?\nEncryption: ?(?<encryption>[a-z0-9-]{2,30})\r?\n(?:(?!Private-Lines)[^\r\n]{0,200}\r?\n){1,40}Private-Lines: ?[0-9]{1,3}\r?\n(?<secret>[A-Za-z0-9+/=\r\n]{40,4000})/,
    reach: 8000,
    judge: ({ groups }) => (groups['encryption'] === 'none' ? 'error' : 'warning'),
    isRandom: true,
  },
  {
    id: 'age-secret-key',
    description: 'age secret key',
    severity: 'error',
    keywords: ['AGE-SECRET-KEY-1'],
    pattern: /(?<secret>(?<prefix>AGE-SECRET-KEY-1)[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})/,
    judge: ({ secret }) => (isBech32(secret) ? 'error' : null),
    isRandom: true,
  },
];

/** A PEM body is base64 of ASN.1, of OpenSSH's own form or of OpenPGP packets; a text about keys is not. */
function judgeKey(severity: 'error' | 'warning') {
  return ({ secret, groups }: Candidate): 'error' | 'warning' | null => {
    const body = secret.replace(/\\+[rn]|[^A-Za-z0-9+/]/g, '');
    if (body.length < 60 || isPlaceholder(body)) return null;
    const isProtected =
      /ENCRYPTED/.test(groups['headers'] ?? '') ||
      Buffer.from(body.slice(0, 60), 'base64').includes('bcrypt');
    return isProtected ? 'warning' : severity;
  };
}
