import { isPlaceholder, isReference } from '../checks/placeholder.js';
import type { Candidate, SecretRule } from '../rule.js';

/** Files in which programs keep passwords. A person may have chosen them, so that no fingerprint depends on them. */
export const CREDENTIAL_FILES: readonly SecretRule[] = [
  {
    id: 'netrc-password',
    description: 'password in a .netrc',
    severity: 'error',
    keywords: ['password'],
    path: /(?:^|\/)(?:[._]netrc|auth\.conf|apt\/auth\.conf\.d\/[^/]{1,100})$/,
    pattern: /password[ \t\r\n]{1,20}(?<secret>[^\s]{1,200})/,
    startsWord: true,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'pgpass-password',
    description: 'password in a .pgpass',
    severity: 'error',
    keywords: [],
    path: /(?:^|\/)\.?pgpass(?:\.conf)?$/,
    pattern: /(?<=^|\n)(?!#)(?:(?:\\.|[^:\\\r\n]){0,100}:){4}(?<secret>[^\r\n]{1,200})/,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'git-credentials',
    description: 'password in .git-credentials',
    severity: 'error',
    keywords: ['://'],
    path: /(?:^|\/)(?:\.git-credentials|git\/credentials)$/,
    pattern: /:\/\/[^\s:@/]{1,200}:(?<secret>[^\s:@/]{1,200})@/,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'git-extraheader',
    description: 'authorization header in a git config',
    severity: 'error',
    keywords: ['extraheader'],
    ignoresCase: true,
    pattern:
      /extraheader["']?\s{0,4}[=:,]?\s{0,4}["']?authorization:\s{0,4}(?:basic|bearer|token)\s{1,4}(?<secret>[A-Za-z0-9+/=_.~-]{8,300})/i,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'url-password',
    description: 'password in a URL of a configuration file',
    severity: 'error',
    keywords: ['://'],
    path: /(?:^|\/)(?:pip\.(?:conf|ini)|\.npmrc|etc\/npmrc|\.yarnrc(?:\.yml)?|\.gitconfig|gitconfig|\.git\/config|sources\.list|sources\.list\.d\/[^/]{1,100}|apt\.conf(?:\.d\/[^/]{1,100})?|\.env(?:\.[A-Za-z0-9_-]{1,30})?|\.condarc|\.gemrc|\.bundle\/config|\.cargo\/(?:config|credentials)(?:\.toml)?|settings\.xml|uv\.toml|poetry\/auth\.toml|apk\/repositories)$/,
    pattern: /:\/\/[^\s:@/"'<>]{0,100}:(?<secret>[^\s:@/"'<>]{3,200})@[A-Za-z0-9.[-]/,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'kubeconfig-credential',
    description: 'client key or token in a kubeconfig',
    severity: 'error',
    keywords: ['client-key-data', 'token:'],
    path: /(?:^|\/)(?:\.kube\/[^/]{1,100}|kubeconfig(?:\.ya?ml)?|[^/]{1,60}\.kubeconfig|kubernetes\/(?:admin|kubelet|scheduler|controller-manager|super-admin)\.conf)$/,
    pattern: /(?:client-key-data|token):\s{0,4}["']?(?<secret>[A-Za-z0-9+/=_.:-]{20,6000})/,
    startsWord: true,
    reach: 6100,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'composer-auth',
    description: 'credential in the auth.json of Composer',
    severity: 'error',
    keywords: ['"password"', '"github-oauth"', '"gitlab-token"', '"bearer"'],
    path: /(?:^|\/)(?:\.?composer\/auth|auth)\.json$/,
    pattern:
      /"(?:password|github-oauth|gitlab-token|bearer)"\s{0,8}:\s{0,8}(?:\{\s{0,40}"[^"]{1,100}"\s{0,8}:\s{0,8})?"(?<secret>[^"\s]{4,200})"/,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'maven-password',
    description: 'password in the settings of Maven',
    severity: 'error',
    keywords: ['<password>', '<passphrase>'],
    path: /(?:^|\/)\.m2\/settings(?:-security)?\.xml$/,
    pattern: /<pass(?:word|phrase)>\s{0,20}(?<secret>[^<\s]{3,200})\s{0,20}<\//,
    judge: judgePassword,
    isRandom: false,
  },
  {
    id: 'password-hash',
    description: 'password hash',
    severity: 'note',
    keywords: [':$'],
    path: /(?:^|\/)etc\/(?:g?shadow|master\.passwd|passwd|group|security\/opasswd)-?$|(?:^|\/)\.?htpasswd$/,
    pattern: /:(?<secret>\$[0-9a-z]{1,10}\$[A-Za-z0-9./$,=+-]{8,300})/,
    judge: () => 'note',
    isRandom: false,
  },
];

function judgePassword({ secret }: Candidate): 'error' | null {
  return isReference(secret) || isStandIn(secret) ? null : 'error';
}

/** Passwords of examples. Unlike tokens, a real one may be short and regular. */
function isStandIn(secret: string): boolean {
  return secret.length < 8
    ? /^(?:\*+|x+|pass(?:wd|word)?|secret|token)$/i.test(secret)
    : /^(?:\*+|x+|<.*|your.*|password|.*example.*|change.?me.*)$/i.test(secret) ||
        (secret.length >= 20 && isPlaceholder(secret));
}
