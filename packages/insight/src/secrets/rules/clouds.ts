import { isPlaceholder } from '../checks/placeholder.js';
import type { Candidate, SecretRule } from '../rule.js';
import { tokenRule } from './token-rule.js';

const BASE64 = '[A-Za-z0-9+/]';

/** 40 characters of base64 can also be the base64 or the path of anything; random ones mix all kinds. */
function judgeAwsSecret({ secret }: Candidate): 'error' | null {
  const isMixed = /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /[0-9]/.test(secret);
  return isMixed && !isPlaceholder(secret) ? 'error' : null;
}

/** Credentials of cloud providers. */
export const CLOUDS: readonly SecretRule[] = [
  {
    id: 'aws-access-key-id',
    description: 'AWS access key id, half of a credential',
    severity: 'warning',
    keywords: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /(?<secret>(?<prefix>A(?:KI|SI|BI|CC)A)[A-Z2-7]{16})(?![A-Za-z0-9+/=_-])/,
    startsWord: true,
    reach: 40,
    judge: ({ secret }) => (isPlaceholder(secret) ? null : 'warning'),
    isRandom: true,
  },
  {
    id: 'aws-secret-access-key',
    description: 'AWS secret access key',
    severity: 'error',
    keywords: ['secret_access_key', 'secretaccesskey', 'aws_secret_key', 'aws-secret-access-key'],
    ignoresCase: true,
    pattern: new RegExp(
      `[A-Za-z_-]{10,24}["']?\\s{0,4}(?:=|:|=>|,)\\s{0,4}["']?(?<secret>${BASE64}{40})(?![A-Za-z0-9+/=])`,
    ),
    reach: 100,
    judge: judgeAwsSecret,
    isRandom: true,
  },
  tokenRule({
    id: 'aws-bedrock-key',
    description: 'Amazon Bedrock API key',
    prefixes: ['ABSKQmVkcm9ja0FQSUtleS'],
    body: `${BASE64}{90,260}={0,2}`,
    notAfter: '[A-Za-z0-9+/=]',
  }),
  {
    id: 'gcp-service-account-key',
    description: 'private key of a Google Cloud service account',
    severity: 'error',
    keywords: ['"private_key"'],
    pattern:
      /"private_key"\s{0,8}:\s{0,8}"(?<secret>(?<prefix>-----BEGIN (?:RSA )?PRIVATE KEY-----)(?:\\n|\n)[A-Za-z0-9+/=\\n]{60,4000}-{0,5}[A-Z ]{0,20}-{0,5})/,
    reach: 4200,
    judge: ({ secret }) => (isPlaceholder(secret) ? null : 'error'),
    isRandom: true,
  },
  tokenRule({
    id: 'google-api-key',
    description: 'Google API key',
    prefixes: ['AIza'],
    body: '[A-Za-z0-9_-]{35}',
  }),
  tokenRule({
    id: 'google-oauth-client-secret',
    description: 'Google OAuth client secret',
    prefixes: ['GOCSPX-'],
    body: '[A-Za-z0-9_-]{28}',
  }),
  {
    id: 'azure-storage-key',
    description: 'key of an Azure storage account',
    severity: 'error',
    keywords: ['accountkey'],
    ignoresCase: true,
    pattern: new RegExp(`AccountKey["']?\\s{0,2}[=:]\\s{0,2}["']?(?<secret>${BASE64}{86}==)`, 'i'),
    judge: ({ secret }) => (isPlaceholder(secret) || isEmulatorKey(secret) ? null : 'error'),
    isRandom: true,
  },
  {
    id: 'azure-shared-access-key',
    description: 'shared access key of an Azure service',
    severity: 'error',
    keywords: ['sharedaccesskey'],
    ignoresCase: true,
    pattern: new RegExp(`SharedAccessKey["']?\\s{0,2}[=:]\\s{0,2}["']?(?<secret>${BASE64}{43}=)`, 'i'),
    judge: ({ secret }) => (isPlaceholder(secret) ? null : 'error'),
    isRandom: true,
  },
  {
    id: 'azure-client-secret',
    description: 'client secret of a Microsoft Entra application',
    severity: 'error',
    // The three characters before are any; a match starts at the digit.
    keywords: ['0Q~', '1Q~', '2Q~', '3Q~', '4Q~', '5Q~', '6Q~', '7Q~', '8Q~', '9Q~'],
    pattern: /(?<secret>[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9_~.-])/,
    reach: 60,
    judge: ({ secret }) => (isPlaceholder(secret) || !/[a-z]/.test(secret) ? null : 'error'),
    isRandom: true,
  },
  tokenRule({
    id: 'digitalocean-token',
    description: 'DigitalOcean token',
    prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    body: '[0-9a-f]{64}',
  }),
  tokenRule({
    id: 'vault-token',
    description: 'HashiCorp Vault token',
    prefixes: ['hvs.', 'hvb.'],
    body: '[A-Za-z0-9_-]{90,250}',
  }),
  tokenRule({
    id: 'databricks-token',
    description: 'Databricks token',
    prefixes: ['dapi'],
    body: '[0-9a-f]{32}(?:-[0-9])?',
  }),
  tokenRule({
    id: 'pulumi-token',
    description: 'Pulumi access token',
    prefixes: ['pul-'],
    body: '[0-9a-f]{40}',
  }),
  tokenRule({
    id: 'doppler-token',
    description: 'Doppler token',
    prefixes: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.'],
    body: '(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
  }),
];

/** The storage emulator has one account for everybody, with a documented key. */
function isEmulatorKey(key: string): boolean {
  return key.startsWith('Eby8vdM02xNO');
}
