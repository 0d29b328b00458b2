import { secretsDocument } from '@layers/insight/secrets';
import { analysed } from '@layers/testing/analysed';
import { archiveOf } from '@layers/testing/diff-archives';
import { pem } from '@layers/testing/made-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const KEY = Buffer.from(pem('RSA PRIVATE KEY'));

/** Files that every package of these has, beside those with keys. */
const PROOFS = [
  'app/node_modules/ssh2/package.json',
  'app/node_modules/@scope/name/package.json',
  'usr/local/go/VERSION',
  'usr/local/go/src/runtime/proc.go',
  'opt/lib/python3.12/site-packages/paramiko/__init__.py',
  'usr/lib/python3.12/os.py',
  'root/.cargo/registry/src/index-1/rustls-0.21.0/Cargo.toml',
  'usr/local/bundle/gems/jwt-2.1/lib/jwt.rb',
  'app/vendor/org/jwt/composer.json',
];

const PUBLISHED: readonly (readonly [path: string, owner: string])[] = [
  ['app/node_modules/ssh2/test/fixtures/id_rsa', 'npm ssh2'],
  ['app/node_modules/ssh2/README.md', 'npm ssh2'],
  ['app/node_modules/@scope/name/lib/__tests__/key.pem', 'npm @scope/name'],
  ['app/node_modules/@scope/name/keys.spec.js', 'npm @scope/name'],
  ['usr/local/go/src/crypto/tls/testdata/example-key.pem', 'go go'],
  ['usr/local/go/src/crypto/x509/platform_root_key.pem', 'go go'],
  ['go/pkg/mod/golang.org/x/crypto@v0.1.0/ssh/testdata/keys.go', 'go golang.org/x/crypto'],
  ['go/pkg/mod/golang.org/x/crypto@v0.1.0/ssh/keys_test.go', 'go golang.org/x/crypto'],
  ['opt/lib/python3.12/site-packages/paramiko/tests/test_rsa.key', 'python paramiko'],
  ['usr/lib/python3.12/test/keycert.pem', 'python python3.12'],
  ['root/.cargo/registry/src/index-1/rustls-0.21.0/tests/key.pem', 'rust rustls'],
  ['usr/local/bundle/gems/jwt-2.1/spec/fixtures/rsa.pem', 'ruby jwt'],
  ['app/vendor/org/jwt/tests/key.pem', 'composer org/jwt'],
];

/** What a user copied, and what only looks like a package. */
const OWN = [
  'app/test/key.pem',
  'app/tests/fixtures/id_rsa',
  'app/README.md',
  'src/testdata/key.pem',
  'app/node_modules/ssh2/config/key.pem',
  'app/node_modules/.cache/test/key.pem',
  'app/node_modules/mine/test/key.pem',
  'app/vendor/org/mine/tests/key.pem',
  'usr/local/go/src/app/key.pem',
  'go/src/crypto/testdata/key.pem',
  'opt/lib/python3.12/site-packages/paramiko/key.pem',
  'opt/lib/python3.12/site-packages/mine/tests/key.pem',
  'srv/lib/python3.12/test/key.pem',
  'home/me/gems/own-1.0/spec/key.pem',
];

async function scan(paths: readonly string[], deleted = false) {
  const files = [...PROOFS.map((path) => ({ path, data: Buffer.from('x') }))];
  const keys = paths.map((path) => ({ path, data: KEY }));
  const above = deleted ? [[{ path: '.wh.app' }]] : [];
  const archive = archiveOf([[...files, ...keys], ...above]);
  const { secrets, totals } = await secretsDocument(await analysed({ path: scratch.file(archive) }), {
    severity: 'note',
  });
  const found = new Map(
    secrets.flatMap(({ severity, place }) =>
      place.kind === 'file'
        ? [[place.path.slice(1), `${severity} ${place.package?.system} ${place.package?.name}`] as const]
        : [],
    ),
  );
  return { found, totals };
}

describe('secrets in tests and documentation of packages', () => {
  it('are notes', async () => {
    const { found } = await scan(PUBLISHED.map(([path]) => path));
    expect(found).toEqual(new Map(PUBLISHED.map(([path, owner]) => [path, `note ${owner}`])));
  });

  it('are notes where a later layer deletes the package', async () => {
    const { found } = await scan(['app/node_modules/ssh2/test/id_rsa'], true);
    expect([...found.values()]).toEqual(['note npm ssh2']);
  });

  it('are errors elsewhere, where a user may have copied them', async () => {
    const { found } = await scan(OWN);
    expect(found).toEqual(new Map(OWN.map((path) => [path, 'error undefined undefined'])));
  });
});
