/** How a row of a table of docs/coming-from is compared. In all words, SIDE is `theirs` or `ours`, REG a registry. */
export interface Row {
  /** What stands for words of the page, in both commands. */
  readonly words?: Readonly<Record<string, string>>;
  /** What both commands need, run once for each. */
  readonly before?: string;
  /** Arguments after those that the page has. */
  readonly theirs?: string;
  readonly ours?: string;
  /** A command whose output is compared, in place of that of both commands. */
  readonly after?: string;
  /** What OUT is in `after`. */
  readonly out?: { readonly theirs: string; readonly ours: string };
  /** Returns what is compared of what one side printed. */
  readonly part?: (printed: string) => unknown;
  /** The exit status of both; by default 0. */
  readonly status?: number;
  /** `theirs`: only ours is run, since the other needs a screen or is not installed. `ours`: there is no command. */
  readonly without?: 'theirs' | 'ours';
}

interface Documents {
  readonly Architecture?: string;
  readonly Digest?: string;
  readonly Tags?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly history?: readonly unknown[];
  readonly image?: {
    readonly platform: { readonly architecture: string };
    readonly manifestDigest: string;
    readonly config?: Readonly<Record<string, unknown>>;
  };
}

const json = (printed: string): Documents => JSON.parse(printed);
const sorted = (printed: string): string[] => printed.split('\n').sort();
const configIn = (printed: string): Readonly<Record<string, unknown>> =>
  json(printed).image?.config ?? json(printed).config ?? {};
const namedByOci = ({
  User,
  Env,
  Cmd,
  Labels,
  ExposedPorts,
}: Readonly<Record<string, unknown>>): unknown => ({
  User,
  Env,
  Cmd,
  Labels,
  ExposedPorts,
});
const pathsIn = (printed: string): string[] =>
  printed
    .split('\n')
    .map((path) => path.replaceAll(/^\.?\/|\/$/g, ''))
    .filter((path) => path !== '')
    .sort();
const tagsIn = (printed: string): unknown =>
  printed.startsWith('{') ? json(printed).Tags : printed.split('\n');
const nothing = (): null => null;

/** What an opaque whiteout hides, which crane writes, as the page says. */
const HIDDEN = /^var\/cache\/bramble\/(?:templates|thumbnails)/;

const ID = "layers inspect -f '{{.Id}}'";
const ENV = "layers inspect -f '{{.Config.Env}}'";
const NAME = { NAME: 'REG/bramble:1.4' };
const IMAGE = { IMAGE: 'docker://REG/bramble:1.4' };
const pushed = (name: string): string => `layers copy --quiet docker://REG/bramble:1.4 docker://${name}`;
const deleted = {
  words: { NAME: 'REG/deleted-SIDE@$(layers digest REG/bramble:1.4)' },
  before: pushed('REG/deleted-SIDE'),
  after: 'layers tags REG/deleted-SIDE 2>/dev/null || true',
};

// umoci finds manifests of OCI's media type only.
const layout = 'layers repack --quiet amd64.tar -o oci:dir-SIDE:tag';
const inLayout = {
  words: { dir: 'dir-SIDE', new: 'new-SIDE', 'K=V': 'K=V' },
  before: `rm -rf dir-SIDE new-SIDE; ${layout}`,
  out: { theirs: 'oci:dir-theirs:tag', ours: 'oci:new-ours:tag' },
};
const squashed = { without: 'theirs', part: nothing } as const;

/** The rows of each page, by how the command of the other tool begins. */
export const ROWS: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  crane: {
    'crane ls NAME': { words: { NAME: 'REG/app' }, part: sorted },
    'crane manifest NAME': { words: NAME },
    'crane config NAME': { words: NAME, ours: '--json', part: configIn },
    'crane copy A B': {
      words: { A: 'REG/app:2', B: 'REG/copied:SIDE' },
      after: 'layers digest REG/copied:SIDE',
    },
    'crane pull NAME': { words: { ...NAME, 'app.tar': 'SIDE.tar' }, after: `${ID} SIDE.tar` },
    'crane push app.tar': {
      words: { 'app.tar': 'amd64.tar', NAME: 'REG/pushed:SIDE' },
      after: `${ID} docker://REG/pushed:SIDE`,
    },
    'crane export NAME': {
      words: NAME,
      theirs: '| tar t',
      ours: '| tar t',
      part: (printed) => pathsIn(printed).filter((path) => !HIDDEN.test(path)),
    },
    'crane append': {
      words: { A: 'REG/bramble:1.4', B: 'REG/appended:SIDE', 'new.tar': 'dist.tar' },
      before: 'tar cf dist.tar dist',
      after: 'layers ls -R --digest docker://REG/appended:SIDE /dist',
    },
    'crane mutate NAME': {
      words: { NAME: 'REG/mutated:SIDE' },
      before: pushed('REG/mutated:SIDE'),
      theirs: '-t REG/mutated:SIDE',
      after: `${ENV} docker://REG/mutated:SIDE`,
    },
    'crane flatten NAME': {
      words: { NAME: 'REG/flat:SIDE' },
      before: pushed('REG/flat:SIDE'),
      theirs: '-t REG/flat:SIDE',
      after: "layers inspect -f '{{len .RootFS.Layers}}' docker://REG/flat:SIDE",
    },
    'crane rebase': { without: 'ours' },
    'crane validate': {
      words: { 'app.tar': 'valid.tar' },
      before: 'layers save --quiet --force bramble:1.4 --format docker -o valid.tar',
      part: nothing,
    },
    'crane tag NAME': {
      words: { NAME: 'REG/tagged-SIDE' },
      before: pushed('REG/tagged-SIDE'),
      after: 'layers digest REG/tagged-SIDE:new',
    },
    'crane delete NAME': deleted,
  },
  dive: {
    'dive docker-archive://app.tar': { words: { 'app.tar': 'amd64.tar' }, without: 'theirs' },
    'dive IMAGE': { words: { IMAGE: 'app:1' }, without: 'theirs' },
    'dive podman://IMAGE': { words: { 'app.tar': 'amd64.tar' }, without: 'theirs' },
    'dive build': { words: { 'app.tar': 'amd64.tar' }, without: 'theirs' },
    'CI=true dive IMAGE': {
      words: { 'dive IMAGE': 'dive docker-archive://examples/demo.tar', IMAGE: 'examples/demo.tar' },
      status: 1,
      part: nothing,
    },
    'dive --ci-config': {
      words: { IMAGE: 'examples/demo.tar' },
      before:
        "printf 'rules:\\n  lowestEfficiency: 0.1\\n  highestUserWastedPercent: disabled\\n' > .dive-ci",
      theirs: '--ci docker-archive://examples/demo.tar',
      part: nothing,
    },
    'dive --json': {
      words: {
        'out.json IMAGE': 'SIDE.json docker-archive://examples/demo.tar',
        'IMAGE > out.json': 'examples/demo.tar > SIDE.json',
      },
      after: "jq '(.layer // .layers) | length' SIDE.json",
    },
  },
  'docker-squash': {
    'docker-squash -t': squashed,
    'docker-squash --output-path': squashed,
    'docker-squash -f 3': { ...squashed, words: { 'small.tar': 'last.tar' } },
    'docker-squash -f LAYER': { ...squashed, words: { IMAGE: 'amd64.tar', 'small.tar': 'from.tar' } },
    'docker-squash -m': { ...squashed, words: { TEXT: 'text' }, ours: 'amd64.tar -o text.tar' },
    'podman build --squash': { ...squashed, words: { N: '1', IMAGE: 'amd64.tar', 'small.tar': 'built.tar' } },
    'docker export': { ...squashed, words: { IMAGE: 'amd64.tar', 'small.tar': 'exported.tar' } },
  },
  skopeo: {
    'skopeo inspect docker-archive:app.tar': {
      words: { 'app.tar': 'amd64.tar' },
      ours: '--json',
      part: (printed) => json(printed).Architecture ?? json(printed).image?.platform.architecture,
    },
    'skopeo inspect docker://NAME': {
      words: NAME,
      ours: '--json',
      part: (printed) => json(printed).Digest ?? json(printed).image?.manifestDigest,
    },
    'skopeo inspect --raw': { words: NAME },
    // skopeo leaves out what OCI does not name.
    'skopeo inspect --config': {
      words: IMAGE,
      ours: '--json',
      part: (printed) => namedByOci(configIn(printed)),
    },
    'skopeo inspect --format': { words: IMAGE },
    'skopeo copy docker-archive:app.tar': {
      words: { 'app.tar': 'amd64.tar', dir: 'copy-SIDE' },
      after: 'layers ls -R --digest oci:copy-SIDE',
    },
    'skopeo copy --all': {
      words: { A: 'REG/app:2', B: 'REG/skopeo:SIDE' },
      after: 'layers digest REG/skopeo:SIDE',
    },
    'skopeo copy --dest-compress-format': {
      words: { IMAGE: 'amd64.tar', OUT: 'oci:zstd-SIDE' },
      theirs: 'docker-archive:amd64.tar oci:zstd-SIDE',
      after: "layers inspect --json oci:zstd-SIDE | jq -c '[.layers[].compression]'",
    },
    'skopeo list-tags': { words: { NAME: 'REG/app' }, part: tagsIn },
    'skopeo delete': deleted,
    'skopeo login': {
      ours: '--username me --password-stdin registry.example < password.txt',
      theirs: '--tls-verify=false --username me --password-stdin registry.example < password.txt',
      part: nothing,
    },
    'skopeo manifest-digest': {
      words: { FILE: 'manifest.json', IMAGE: 'docker://REG/bramble:1.4' },
      before: 'layers manifest REG/bramble:1.4 > manifest.json',
    },
  },
  umoci: {
    'umoci ls': { ...inLayout, ours: "--format '{{.Tags}}'" },
    'umoci stat': {
      ...inLayout,
      theirs: '--json',
      ours: '--json',
      part: (printed) => json(printed).history?.length,
    },
    'umoci unpack': {
      ...inLayout,
      words: { ...inLayout.words, bundle: 'bundle-SIDE', 'rootfs/': 'bundle-SIDE/rootfs' },
      after: '(cd bundle-SIDE/rootfs && find . | sort)',
    },
    'umoci raw unpack': {
      ...inLayout,
      theirs: '--image dir-theirs:tag raw-theirs',
      ours: 'oci:dir-ours:tag raw-ours',
      after: '(cd raw-SIDE && find . | sort)',
    },
    'umoci repack': {
      ...inLayout,
      words: { ...inLayout.words, bundle: 'changed-SIDE', rootfs: 'changed-SIDE/rootfs' },
      before: `${inLayout.before}; umoci unpack --image dir-SIDE:tag changed-SIDE; echo changed > changed-SIDE/rootfs/etc/motd`,
      after: 'layers cat OUT /etc/motd; layers ls OUT /etc',
    },
    'umoci insert --image': {
      ...inLayout,
      words: { ...inLayout.words, FILE: 'dist/index.html', '/PATH': '/srv/index.html' },
      after: 'layers cat OUT /srv/index.html',
    },
    'umoci insert --whiteout': {
      ...inLayout,
      words: { ...inLayout.words, '/PATH': '/etc/motd' },
      after: 'layers ls OUT /etc',
    },
    'umoci config': { ...inLayout, after: `${ENV} OUT` },
    'umoci init': { words: { NAME: 'imported:1' }, without: 'theirs' },
    'umoci rm': { words: { rmi: 'rmi bramble:1.4' }, without: 'theirs' },
  },
};
