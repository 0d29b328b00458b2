// Prepares stores and layouts in which other tools find an image.
import { capture } from './measure.mjs';

const run = (argv) => capture({ name: argv.slice(0, 2).join(' '), argv });

/** Returns the start of a command line of podman or buildah, with a store in the directory of the outputs. */
export const withStore = (path, out, name = 'containers') => [
  path,
  ...['--root', out(name), '--runroot', out(`${name}-run`)],
];

/** Loads an archive into such a store, and returns the name of the image. */
export const loadStore = (command, archive) =>
  run([...command, 'pull', '-q', `docker-archive:${archive}`]).trim();

/** Writes an OCI layout with uncompressed layers (skopeo would compress them) into `folder`; its image is `latest`. */
export const rawLayout = (written, archive, folder) =>
  written.layers('repack', archive, '-o', `oci:${folder}`, '--tag', 'image:latest', '-q');

/** Writes an OCI layout with skopeo into `folder`; its image is `latest`. */
export const skopeoLayout = (skopeo, archive, folder) =>
  run([skopeo, 'copy', '-q', archive, `oci:${folder}:latest`]);
