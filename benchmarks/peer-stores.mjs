// What other tools need before they can work on an image: stores and layouts of their own that hold it.
import { capture } from './measure.mjs';

const run = (argv) => capture({ name: argv.slice(0, 2).join(' '), argv });

/** Begins a command line of podman or buildah to a store in the folder of what is written. */
export const withStore = (path, out, name = 'containers') => [
  path,
  ...['--root', out(name), '--runroot', out(`${name}-run`)],
];

/** Loads an archive into such a store, and gives the name of the image. */
export const loadStore = (command, archive) =>
  run([...command, 'pull', '-q', `docker-archive:${archive}`]).trim();

/** An OCI layout of an archive with raw layers (skopeo would call them gzip), in `folder`; its image is `latest`. */
export const rawLayout = (written, archive, folder) =>
  written.layers('repack', archive, '-o', `oci:${folder}`, '--tag', 'image:latest', '-q');

/** An OCI layout as skopeo makes it, in `folder`; its image is `latest`. */
export const skopeoLayout = (skopeo, archive, folder) =>
  run([skopeo, 'copy', '-q', archive, `oci:${folder}:latest`]);
