// Texts with made-up secrets, put together when the tests run, so that no scanner takes this repository for a leak.
import {
  ALPHANUMERIC,
  BASE32,
  BASE64,
  BASE64URL,
  DIGITS,
  githubToken,
  HEX,
  LOWER,
  made,
  pem,
  UPPER,
} from './made-secrets.ts';

/** Returns the bech32 form of a secret key of age: 58 characters with a right checksum. */
export function ageKey(): string {
  const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  const human = 'age-secret-key-';
  const data = Array.from(made(52, alphabet, 5), (character) => alphabet.indexOf(character));
  const codes = Array.from(human, (character) => character.charCodeAt(0));
  const values = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data];
  const sum = polymod([...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = Array.from({ length: 6 }, (_, i) => (sum >>> (5 * (5 - i))) & 31);
  const digits = [...data, ...check].map((value) => alphabet.charAt(value)).join('');
  return `${human}1${digits}`.toUpperCase();
}

function polymod(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((term, i) => {
      if ((top >>> i) & 1) sum ^= term;
    });
  }
  return sum >>> 0;
}

export function jwt(payload: object, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${made(43, BASE64URL, 8)}`;
}

/** A text in a file, and the rule that finds a secret in it. */
export interface Sample {
  readonly rule: string;
  readonly path?: string;
  readonly text: string;
  readonly severity?: 'error' | 'warning' | 'note';
}

const basic = (text: string): string => Buffer.from(text).toString('base64');

/** At least one text for each rule that reads files. */
export const POSITIVE: readonly Sample[] = [
  ...['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((prefix, i) => ({
    rule: 'github-token',
    text: `token=${githubToken(i + 1, prefix)}\n`,
  })),
  { rule: 'github-token', text: `x${githubToken(9)}y, as in the strings of a program` },
  { rule: 'github-fine-grained-token', text: `github_pat_${made(22)}_${made(59)}` },
  { rule: 'gitlab-token', text: `glpat-${made(20, BASE64URL)}` },
  { rule: 'gitlab-token', text: `glpat-${made(27, BASE64URL)}.01.${made(9, HEX)}` },
  { rule: 'gitlab-token', text: `glptt-${made(40, HEX)}` },
  { rule: 'gitlab-runner-registration-token', text: `GR1348941${made(20, BASE64URL)}` },
  { rule: 'atlassian-token', text: `ATATT3xFfGF0${made(172, BASE64URL)}=${made(8, `${DIGITS}ABCDEF`)}` },
  { rule: 'buildkite-token', text: `bkua_${made(40, HEX)}` },
  { rule: 'npm-token', text: `npm_${githubToken(4).slice(4)}` },
  { rule: 'npmrc-credential', path: '/root/.npmrc', text: `//npm.example/:_authToken=${made(36, HEX)}\n` },
  { rule: 'npmrc-credential', path: '/usr/etc/npmrc', text: `//npm.example/:_authToken=${made(36, HEX)}\n` },
  { rule: 'npmrc-credential', path: '/app/.npmrc', text: `_auth = "${basic('me:correct-horse')}"\n` },
  { rule: 'npmrc-credential', path: '/app/.npmrc', text: `//npm.example/:_password=${basic('battery!')}\n` },
  { rule: 'pypi-token', text: `pypi-AgEIcHlwaS5vcmc${made(120, BASE64URL)}` },
  { rule: 'pypirc-password', path: '/root/.pypirc', text: '[pypi]\nusername = me\npassword = staple9\n' },
  {
    rule: 'docker-config-auth',
    path: '/root/.docker/config.json',
    text: JSON.stringify({ auths: { 'r.example': { auth: basic('me:correct horse') } } }, null, 2),
  },
  { rule: 'docker-hub-token', text: `dckr_pat_${made(27, BASE64URL)}` },
  { rule: 'rubygems-token', text: `rubygems_${made(48, HEX)}` },
  { rule: 'crates-io-token', text: `token = "cio${made(32)}"` },
  { rule: 'nuget-key', text: `<add value="oy2${made(43, LOWER + DIGITS)}" />` },
  { rule: 'aws-access-key-id', text: `key: AKIA${made(16, BASE32)}\n`, severity: 'warning' },
  {
    rule: 'aws-secret-access-key',
    path: '/root/.aws/credentials',
    text: `[default]\naws_secret_access_key = ${made(40, BASE64)}\n`,
  },
  { rule: 'aws-secret-access-key', text: `"SecretAccessKey": "${made(40, BASE64, 2)}",` },
  { rule: 'aws-bedrock-key', text: `ABSKQmVkcm9ja0FQSUtleS${made(110, BASE64)}` },
  {
    rule: 'gcp-service-account-key',
    text: JSON.stringify({
      type: 'service_account',
      private_key_id: made(40, HEX),
      private_key: pem('PRIVATE KEY', { lines: 25 }),
    }),
  },
  { rule: 'google-api-key', text: `AIza${made(35, BASE64URL)}` },
  { rule: 'google-oauth-client-secret', text: `GOCSPX-${made(28, BASE64URL)}` },
  { rule: 'azure-storage-key', text: `AccountName=x;AccountKey=${made(86, BASE64)}==;` },
  { rule: 'azure-shared-access-key', text: `SharedAccessKeyName=all;SharedAccessKey=${made(43, BASE64)}=` },
  { rule: 'azure-client-secret', text: `secret: aB3${'8Q~'}${made(34, ALPHANUMERIC)}\n` },
  { rule: 'digitalocean-token', text: `dop_v1_${made(64, HEX)}` },
  { rule: 'vault-token', text: `hvs.${made(95, BASE64URL)}` },
  { rule: 'databricks-token', text: `dapi${made(32, HEX)}` },
  { rule: 'pulumi-token', text: `pul-${made(40, HEX)}` },
  { rule: 'doppler-token', text: `dp.pt.${made(43)}` },
  { rule: 'slack-token', text: `xoxb-${made(12, DIGITS)}-${made(13, DIGITS)}-${made(24)}` },
  {
    rule: 'slack-token',
    text: `xoxp-${made(11, DIGITS)}-${made(11, DIGITS)}-${made(12, DIGITS)}-${made(32, HEX)}`,
  },
  { rule: 'slack-app-token', text: `xapp-1-A${made(10, UPPER)}-${made(13, DIGITS)}-${made(64, HEX)}` },
  {
    rule: 'slack-webhook',
    text: `https://hooks.slack.com/services/T${made(9, UPPER)}/B${made(10, UPPER)}/${made(24)}`,
  },
  {
    rule: 'discord-webhook',
    text: `https://discord.com/api/webhooks/${made(18, DIGITS)}/${made(68, BASE64URL)}`,
  },
  { rule: 'stripe-key', text: `sk_live_${made(24)}` },
  { rule: 'stripe-key', text: `rk_live_${made(99)}` },
  { rule: 'stripe-test-key', text: `sk_test_${made(24)}`, severity: 'warning' },
  { rule: 'stripe-webhook-secret', text: `whsec_${made(32)}` },
  { rule: 'twilio-credential', text: `TWILIO_AUTH_TOKEN=${made(32, HEX)}` },
  { rule: 'twilio-credential', text: `twilio_api_key: "SK${made(32, HEX)}"` },
  { rule: 'sendgrid-key', text: `SG.${made(22, BASE64URL)}.${made(43, BASE64URL)}` },
  { rule: 'mailgun-key', text: `key-${made(32, HEX)}`, severity: 'warning' },
  { rule: 'shopify-token', text: `shpat_${made(32, HEX)}` },
  { rule: 'square-token', text: `sq0atp-${made(22, BASE64URL)}` },
  { rule: 'anthropic-key', text: `sk-ant-api03-${made(93, BASE64URL)}AA` },
  { rule: 'openai-key', text: `sk-proj-${made(74, BASE64URL)}T3Blbk${'FJ'}${made(74, BASE64URL)}` },
  { rule: 'openai-legacy-key', text: `sk-${made(20)}T3Blbk${'FJ'}${made(20)}` },
  { rule: 'hugging-face-token', text: `hf_${made(34, UPPER + LOWER)}` },
  { rule: 'grafana-token', text: `glsa_${made(32)}_${made(8, HEX)}` },
  { rule: 'new-relic-key', text: `NRAK-${made(27, UPPER + DIGITS)}` },
  { rule: 'sentry-token', text: `sntrys_${made(120, BASE64URL)}` },
  { rule: 'postman-key', text: `PMAK-${made(24, HEX)}-${made(34, HEX)}` },
  { rule: 'linear-key', text: `lin_api_${made(40)}` },
  ...['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'DSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PRIVATE KEY'].map(
    (label) => ({ rule: 'private-key', text: pem(label) }),
  ),
  { rule: 'private-key', text: pem('RSA PRIVATE KEY', { end: '\r\n' }) },
  { rule: 'private-key', text: `KEY="${pem('PRIVATE KEY', { end: '\\n' })}"` },
  { rule: 'private-key', text: `key: |\n    ${pem('RSA PRIVATE KEY', { end: '\n    ' })}` },
  {
    rule: 'private-key',
    text: pem('RSA PRIVATE KEY', {
      headers: `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${made(32, HEX)}\n\n`,
    }),
    severity: 'warning',
  },
  { rule: 'encrypted-private-key', text: pem('ENCRYPTED PRIVATE KEY'), severity: 'warning' },
  {
    rule: 'ssh-host-key',
    path: '/etc/ssh/ssh_host_ed25519_key',
    text: pem('OPENSSH PRIVATE KEY', { lines: 5 }),
    severity: 'warning',
  },
  { rule: 'pgp-private-key', text: pem('PGP PRIVATE KEY BLOCK', { headers: 'Version: GnuPG v2\n\n' }) },
  {
    rule: 'putty-private-key',
    text: [
      'PuTTY-User-Key-File-3: ssh-ed25519',
      'Encryption: none',
      'Comment: me',
      'Public-Lines: 2',
      made(64, BASE64, 2),
      made(12, BASE64, 3),
      'Private-Lines: 1',
      made(48, BASE64, 4),
      `Private-MAC: ${made(64, HEX)}`,
    ].join('\r\n'),
  },
  { rule: 'age-secret-key', text: `# public key: age1…\n${ageKey()}\n` },
  {
    rule: 'netrc-password',
    path: '/root/.netrc',
    text: 'machine a.example\n  login me\n  password horse7\n',
  },
  { rule: 'netrc-password', path: '/etc/apt/auth.conf.d/x.conf', text: 'machine a login b password c9d8' },
  { rule: 'pgpass-password', path: '/root/.pgpass', text: '# comment\ndb.example:5432:*:me:horse 7\n' },
  { rule: 'git-credentials', path: '/root/.git-credentials', text: 'https://me:horse7@git.example\n' },
  {
    rule: 'git-extraheader',
    path: '/src/.git/config',
    text: `[http "https://git.example/"]\n\textraheader = AUTHORIZATION: basic ${basic('x:horse-battery')}\n`,
  },
  {
    rule: 'url-password',
    path: '/etc/pip.conf',
    text: '[global]\nindex-url = https://me:horse7@pypi.example/simple\n',
  },
  {
    rule: 'kubeconfig-credential',
    path: '/root/.kube/config',
    text: `users:\n- user:\n    client-key-data: ${basic(pem('RSA PRIVATE KEY'))}\n`,
  },
  { rule: 'kubeconfig-credential', path: '/root/.kube/config', text: `    token: ${made(60)}\n` },
  {
    rule: 'composer-auth',
    path: '/root/.composer/auth.json',
    text: '{"http-basic": {"x.example": {"username": "me", "password": "horse7"}}}',
  },
  { rule: 'maven-password', path: '/root/.m2/settings.xml', text: '<password>horse7</password>' },
  {
    rule: 'password-hash',
    path: '/etc/shadow',
    text: `root:$6$${made(8)}$${made(86)}:19000::\n`,
    severity: 'note',
  },
  { rule: 'jwt', text: jwt({ sub: 'me', iat: 1_700_000_000 }), severity: 'warning' },
  {
    rule: 'password-in-env-file',
    path: '/app/.env',
    text: 'DB_PASSWORD=horse-battery7\n',
    severity: 'warning',
  },
];

/** Texts that resemble secrets, and are none. */
export const NEGATIVE: readonly { readonly why: string; readonly path?: string; readonly text: string }[] = [
  { why: 'a wrong checksum', text: `ghp_${made(36)}` },
  { why: 'a token of GitHub that is too short', text: `ghp_${made(35)}` },
  { why: 'a wrong checksum of npm', text: `npm_${made(36)}` },
  { why: 'a prefix in another case', text: `GHP_${githubToken().slice(4)}` },
  { why: 'a token that goes on', text: `rubygems_${made(60, HEX)}` },
  { why: 'a token inside a word', text: `mySK${'sk_live_'}${made(24)}`.replace('SK', 'a') },
  { why: 'repeated characters', text: `sk_live_${'x'.repeat(24)}` },
  { why: 'the example of the documentation of AWS', text: `AKIAIOSFODNN7${'EXAMPLE'}` },
  { why: 'digits that base32 lacks', text: `AKIA${made(15, BASE32)}1` },
  { why: 'a secret key of one kind of letters', text: `aws_secret_access_key=${made(40, LOWER)}` },
  {
    why: 'the example secret of AWS',
    text: `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLE'}KEY`,
  },
  { why: 'a public key', text: pem('PUBLIC KEY') },
  { why: 'a certificate', text: pem('CERTIFICATE') },
  { why: 'a text about keys', text: 'if line == "-----BEGIN RSA PRIVATE KEY-----":\n    read_key()\n' },
  { why: 'an empty key', text: '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n' },
  { why: 'a wrong checksum of age', text: `AGE-SECRET-KEY-1${'Q'.repeat(58)}` },
  { why: 'a message catalogue', text: `msg.${made(22)}.${made(43)}` },
  { why: 'three parts that are no JSON', text: `eyJ${made(30)}.eyJ${made(30)}.${made(43)}` },
  { why: 'an unsigned JWT', text: jwt({ sub: 'me' }, { alg: 'none' }) },
  { why: 'the JWT of the documentation', text: jwt({ sub: '1234567890', name: 'John Doe' }) },
  {
    why: 'a reference to a variable',
    path: '/root/.npmrc',
    text: `//npm.example/:_authToken=\${NPM_TOKEN}\n`,
  },
  ...['npmrc.5', 'npmrc.md', 'npmrc.html'].map((name) => ({
    why: `the documentation of npm, ${name}`,
    path: `/usr/local/lib/node_modules/npm/docs/${name}`,
    text: '//registry.npmjs.org/:_authToken=MYTOKEN1\n//x.example/:_password=aG9yc2UtYmF0dGVyeQ==\n',
  })),
  { why: 'an option of npm', path: '/root/.npmrc', text: 'always-auth=true\n' },
  {
    why: 'a docker config without credentials',
    path: '/root/.docker/config.json',
    text: '{"auths": {"r": {}}}',
  },
  { why: 'a docker config with an empty value', path: '/root/.docker/config.json', text: '{"auth": ""}' },
  {
    why: 'a URL with a user alone',
    path: '/etc/pip.conf',
    text: 'index-url = https://me@pypi.example/simple',
  },
  { why: 'a URL with a port', path: '/etc/pip.conf', text: 'index-url = https://pypi.example:8443/simple' },
  {
    why: 'a password in another file',
    path: '/usr/share/doc/readme',
    text: 'machine a login b password c9d8',
  },
  { why: 'a locked account', path: '/etc/shadow', text: 'root:*:19000::\ndaemon:!:19000::\n' },
  {
    why: 'a program that handles passwords',
    path: '/usr/lib/x.py',
    text: 'password = get_password("hunter22")',
  },
  { why: 'a file name', path: '/app/.env', text: 'DB_PASSWORD_FILE=/run/secrets/db-password1\n' },
  { why: 'a placeholder', path: '/app/.env', text: 'DB_PASSWORD=changeme\nAPI_KEY=your-api-key-here\n' },
  { why: 'a variable', path: '/app/.env', text: 'DB_PASSWORD=$' + '{OTHER_VALUE_1}\n' },
  { why: 'the key of the storage emulator', text: `AccountKey=Eby8vdM02xNO${made(74, BASE64)}==` },
];
