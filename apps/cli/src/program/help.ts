const EXIT_STATUSES = `Exit status:
  0    done
  1    the answer is no: the images differ, one or the store is damaged or not verified, not all could be extracted
  2    wrong usage
  3    the input cannot be read or is corrupt
  4    the output could not be written
  130  interrupted`;

/** What stands below the list of commands. */
export const ROOT_HELP = `
IMAGE is an archive (docker save, podman save, skopeo, kaniko, …) or the folder of an OCI layout, told by its
content; - reads standard input; docker-archive:FILE[:REF], oci-archive:FILE[:REF], oci:DIR[:REF] and
docker-daemon:REF work too. Where there is no such file, it is a name such as alpine:3.20, or the start of an id,
in the local store.

Examples:
  layers inspect app.tar
  docker save app | layers waste -
  layers diff app-1.tar app-2.tar
  layers repack --drop-waste app.tar -o lean.tar
  layers load -i my-archive.tar.gz && layers images

${EXIT_STATUSES}

Environment:
  LAYERS_STORE           the folder of the local store; layers store path tells which it is
  DOCKER_HOST            the Docker Engine that docker-daemon: means, with DOCKER_CONTEXT, DOCKER_TLS_VERIFY, …
  NO_COLOR, FORCE_COLOR  no colours, or always; --color decides before them
  TERM=dumb              no colours
  COLUMNS                how wide tables may be
  LC_ALL, LC_CTYPE, LANG whether lines are drawn in UTF-8 or in ASCII
  SOURCE_DATE_EPOCH      the latest time in what append and repack --reproducible make, in seconds since 1970`;

/** What stands below the options of a command. */
export function examples(lines: readonly string[]): string {
  return `
Examples:
${lines.map((line) => `  ${line}`).join('\n')}

${EXIT_STATUSES}`;
}
