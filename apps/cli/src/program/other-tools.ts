/** Names with commas between them, and what to do instead. */
type Row = readonly [names: string, hint: string];

const REGISTRY =
  'layers does not read or write registries: skopeo copy docker://IMAGE oci-archive:FILE writes an archive that it reads';
const CONTAINERS =
  'layers does not run containers: layers load -i FILE --to docker-daemon loads an image, docker run NAME runs it';
const ENGINE = 'layers has no engine to manage: docker or podman does this';

/**
 * Commands of docker, podman, skopeo, crane, dive and umoci without an equivalent here. Those with one are `otherNames`
 * of our commands.
 */
export const OTHER_COMMANDS: readonly Row[] = [
  ['pull, push, image pull, image push, search, image search, login, logout, auth, artifact', REGISTRY],
  ['sync, scp, image scp, catalog, list-tags, registry, serve', REGISTRY],
  [
    'digest, manifest, manifest-digest, blob, index, raw',
    'layers inspect --json IMAGE | jq .image prints id, manifest digest and config; skopeo inspect reads registries',
  ],
  ['ps, run, exec, create, start, stop, restart, kill, logs, attach, wait, pause, unpause', CONTAINERS],
  ['port, rename, stats, top, update, container, compose, stack, service, pod, play, kube', CONTAINERS],
  ['generate, healthcheck, init, unshare, quadlet, auto-update', CONTAINERS],
  ['network, volume, context, plugin, swarm, node, secret, machine, farm, events, builder', ENGINE],
  ['trust, image trust', ENGINE],
  [
    'copy, cp',
    'layers repack IMAGE -o OUT copies between archives and layouts; layers load and layers save use the store; layers extract IMAGE DIR PATH copies files out of an image',
  ],
  [
    'build, buildx, bake, image build, commit, new, rebase, edit',
    'layers does not build images: docker build does; layers append adds files to one, layers config changes its config',
  ],
  [
    'sign, image sign, standalone-sign, standalone-verify, generate-sigstore-key',
    'layers does not sign images: cosign sign or skopeo standalone-sign does',
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
    ['-m, --multi-image-archive', 'leave it out: several images are always written to one archive'],
    ['--uncompressed', 'layers repack --compression none IMAGE -o FILE writes uncompressed layers'],
  ],
  import: [['--os, --arch, --variant', 'write --platform OS/ARCH[/VARIANT]']],
  history: [['-H, --human', 'leave it out: sizes are readable unless --bytes is set']],
  config: [
    ['--append', 'layers append IMAGE --add FILE -o OUT adds a layer'],
    ['--env-file', 'write --set-env KEY=VALUE for each variable'],
    ['--clear', 'the options --unset-env, --unset-label and so on take patterns: --unset-env "*"'],
    ['--os, --arch, --architecture, --variant', 'write --set-platform OS/ARCH[/VARIANT]'],
    ['--rename', 'write --tag NAME'],
  ],
  append: [['-b, --base', 'name the image without an option: layers append IMAGE --add FILE -o OUT']],
  squash: [['-f', 'layers squash --from N merges from layer N']],
  extract: [
    [
      '--rootless',
      'leave it out: without root, extracted files belong to you; --no-same-owner says so to root',
    ],
  ],
  '*': [
    [
      '--format, -f',
      'add --json and select fields with jq, such as: layers inspect --json IMAGE | jq .image',
    ],
    ['--raw, --config', 'layers inspect --json IMAGE | jq .image.config prints the config'],
    ['--tls-verify, --creds, --src-creds, --dest-creds, --authfile, --insecure, --src-tls-verify', REGISTRY],
    ['--dest-tls-verify, --cert-dir, --allow-nondistributable-artifacts', REGISTRY],
    ['--ci, --ci-config', 'layers waste --json IMAGE | jq .totals.efficiency prints the efficiency'],
    ['--source', 'name the source before the image, such as docker-archive:FILE or docker-daemon:NAME'],
    ['--help-all, -help', 'layers --help lists the commands'],
  ],
};

/** Tools whose name a user may write before the command. */
export const TOOLS: ReadonlySet<string> = new Set([
  'docker',
  'podman',
  'skopeo',
  'crane',
  'umoci',
  'buildah',
  'nerdctl',
]);

/** Returns the hint of the row that has a name; undefined without one. */
export function hintOf(rows: readonly Row[], name: string): string | undefined {
  return rows.find(([names]) => names.split(', ').includes(name))?.[1];
}
