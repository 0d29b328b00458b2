/** Names with commas between them, and what to do instead. */
type Row = readonly [names: string, hint: string];

const CONTAINERS =
  'layers does not run containers: layers load -i FILE --to docker-daemon loads an image, docker run NAME runs it';
const VULNERABILITIES =
  'layers does not look for vulnerabilities: trivy image --input FILE and grype FILE read archives; layers packages --format cyclonedx-json IMAGE writes an SBOM for them';
const SIGNATURES = 'layers does not sign images: cosign sign or skopeo standalone-sign does';
const ENGINE = 'layers has no engine to manage: docker or podman does this';

const FORCE = 'write --force in full';
const FORCE_OR_FORMAT = 'write --force to replace an existing output, or --format FORM';

/**
 * Commands of docker, podman, skopeo, crane, dive and umoci, and names of other tools, without an equivalent here. Those with one are `otherNames`
 * of our commands.
 */
export const OTHER_COMMANDS: readonly Row[] = [
  ['search, image search', 'layers does not search registries: their web sites do'],
  ['artifact', 'layers copy docker://NAME oci:DIR copies an artifact of a registry'],
  ['auth', 'layers login saves credentials for a registry, layers logout removes them'],
  ['scp, image scp', 'layers save IMAGE | ssh HOST layers load copies an image to another machine'],
  ['registry, serve', 'layers has no registry: docker run -p 5000:5000 registry:2 starts one'],
  [
    'blob, index',
    'layers manifest IMAGE prints the manifest or the index; layers inspect --json IMAGE | jq .image prints the config',
  ],
  [
    'ps, run, exec, create, start, stop, restart, kill, logs, attach, wait, pause, unpause, checkpoint, restore',
    CONTAINERS,
  ],
  ['port, rename, stats, top, update, container, compose, stack, service, pod, play, kube', CONTAINERS],
  ['generate, healthcheck, init, unshare, quadlet, auto-update', CONTAINERS],
  ['network, volume, context, plugin, swarm, node, secret, machine, farm, events, builder', ENGINE],
  ['trust, image trust', ENGINE],
  [
    'build, buildx, bake, image build, commit, new, rebase, edit',
    'layers does not build images: docker build does; layers append adds files to one, layers config changes its config',
  ],
  ['sign, image sign, standalone-sign, standalone-verify, generate-sigstore-key', SIGNATURES],
  ['cosign, notation, attest, attestation, verify-attestation, triangulate', SIGNATURES],
  ['scan, scout, trivy, grype, snyk, clair, dockle, cves, cve, vuln, vulnerabilities', VULNERABILITIES],
  ['quickview, recommendations', VULNERABILITIES],
  [
    'helm, oras',
    'layers inspect says what an artifact is; helm and oras pull and install charts and artifacts',
  ],
  [
    'view, open, dump',
    'layers inspect IMAGE shows layers and waste, layers explore IMAGE lets you walk through the files',
  ],
  ['grep', 'layers cat IMAGE PATH prints files: pipe them to grep; layers find IMAGE GLOB finds names'],
  [
    'du, size',
    'layers tree --depth 1 IMAGE shows the sizes of directories, layers history IMAGE those of layers',
  ],
  [
    'slim, minify, optimise, xray, squeeze, docker-slim',
    'layers waste IMAGE lists wasted files, layers repack --drop-waste IMAGE -o FILE leaves them out',
  ],
  ['df, system df', 'layers images lists the images with their sizes'],
  ['info, system, version', 'layers store path prints the store, layers --version the version'],
  [
    'exists, image exists',
    'layers inspect REF ends with status 2 if there is neither a file nor an image of that name',
  ],
  [
    'unmount, umount, image unmount, image umount',
    'layers extract mounts nothing: remove the directory that it wrote',
  ],
];

/** Options of the same tools, by our command. `*` is every command. */
export const OTHER_OPTIONS: Readonly<Record<string, readonly Row[]>> = {
  prune: [
    [
      '-a, --all',
      'no container uses the images of the store, so all would be deleted: layers rmi $(layers images -q) does that',
    ],
    ['--filter', "layers rmi $(layers images -q --filter CONDITION) deletes the images that 'images' lists"],
  ],
  save: [
    ['-f', FORCE_OR_FORMAT],
    ['-m, --multi-image-archive', 'leave it out: several images are always written to one archive'],
    ['--uncompressed', 'layers repack --compression none IMAGE -o FILE writes uncompressed layers'],
  ],
  pull: [
    [
      '-o, --output',
      'pull fills the store: layers copy docker://NAME FILE.tar writes an archive, layers copy docker://NAME oci:DIR a layout',
    ],
  ],
  push: [
    ['-i, --input', 'push sends images of the store: layers copy FILE docker://NAME sends one of an archive'],
  ],
  load: [['-o, --output', 'load fills the store: layers copy FILE OUT writes an archive or a layout']],
  import: [['--os, --arch, --variant', 'write --platform OS/ARCH[/VARIANT]']],
  history: [['-H, --human', 'leave it out: sizes are readable unless --bytes is set']],
  config: [
    ['-f', FORCE_OR_FORMAT],
    ['--append', 'layers append IMAGE --add FILE -o OUT adds a layer'],
    ['--env-file', 'write --set-env KEY=VALUE for each variable'],
    ['--clear', 'the options --unset-env, --unset-label and so on take patterns: --unset-env "*"'],
    ['--os, --arch, --architecture, --variant', 'write --set-platform OS/ARCH[/VARIANT]'],
    ['--rename', 'write --tag NAME'],
  ],
  append: [
    ['-f', FORCE_OR_FORMAT],
    ['-b, --base', 'name the image without an option: layers append IMAGE --add FILE -o OUT'],
  ],
  squash: [
    [
      '-f',
      'layers squash --from N merges from layer N; --force replaces an existing output, --format sets its form',
    ],
  ],
  extract: [
    ['-f', FORCE],
    [
      '--rootless',
      'leave it out: without root, extracted files belong to you; --no-same-owner says so to root',
    ],
  ],
  tag: [['-f, --force', 'leave it out: a tag always moves to the new image']],
  export: [['-f', FORCE]],
  cat: [['-f', FORCE]],
  repack: [['-f', FORCE_OR_FORMAT]],
  rechunk: [['-f', FORCE_OR_FORMAT]],
  '*': [
    [
      '--format, -f',
      'add --json and select fields with jq, such as: layers inspect --json IMAGE | jq .image',
    ],
    ['--raw', 'layers manifest IMAGE prints the manifest byte for byte'],
    ['--config', 'layers inspect --json IMAGE | jq .image.config prints the config'],
    [
      '--tls-verify, --src-tls-verify, --dest-tls-verify',
      'write --insecure in place of --tls-verify=false: layers copy --help lists the options',
    ],
    [
      '--creds, --src-creds, --dest-creds, -p, --password, --src-password, --dest-password',
      'write --username NAME --password-stdin: others can see a password in the arguments; layers login saves it',
    ],
    ['--allow-nondistributable-artifacts', 'leave it out: registries keep such layers elsewhere'],
    ['--multi-arch', 'write --all for all platforms, or --platform OS/ARCH'],
    ['--preserve-digests', 'leave it out: digests never change'],
    ['--ci, --ci-config', 'layers check IMAGE checks the rules of .dive-ci'],
    ['--source', 'name the source before the image, such as docker-archive:FILE or docker-daemon:NAME'],
    ['--help-all, -help', 'layers --help lists the commands'],
  ],
};

const ENGINES =
  'layers images, load, save, tag, rmi, inspect and history do here what they do in docker; layers --help lists the commands';

/** Tools whose name a user may write before a command, and what does their work here. */
export const TOOLS: ReadonlyMap<string, string> = new Map([
  ['docker', ENGINES],
  ['podman', ENGINES],
  ['nerdctl', ENGINES],
  ['ctr', ENGINES],
  [
    'skopeo',
    'layers inspect shows an image, layers copy SOURCE DESTINATION copies it between registries, archives and layouts',
  ],
  [
    'crane',
    'layers append, config, squash and export change or export images; layers pull, push and copy move them',
  ],
  [
    'dive',
    'layers explore IMAGE walks through layers and files; layers check IMAGE reads .dive-ci for pipelines',
  ],
  [
    'umoci',
    'layers extract unpacks an image, layers append --diff adds a layer, layers config changes the config',
  ],
  [
    'buildah',
    'layers does not build images: layers append adds files to one, layers config changes its config, layers squash merges its layers',
  ],
]);

/** Returns the hint of the row that has a name; undefined without one. */
export function hintOf(rows: readonly Row[], name: string): string | undefined {
  return rows.find(([names]) => names.split(', ').includes(name))?.[1];
}
