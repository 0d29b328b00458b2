const EXIT_STATUSES = `Exit status:
  0    done
  1    the answer is no: the images differ, one is damaged or not verified, not all could be extracted
  2    wrong usage
  3    the input cannot be read or is corrupt
  4    the output could not be written
  130  interrupted`;

/** What stands below the list of commands. */
export const ROOT_HELP = `
IMAGE is an archive (docker save, podman save, skopeo, kaniko, …) or the folder of an OCI layout, told by its
content; - reads standard input; docker-archive:FILE[:REF], oci-archive:FILE[:REF] and oci:DIR[:REF] work too.

Examples:
  layers inspect app.tar
  docker save app | layers waste -
  layers diff app-1.tar app-2.tar
  layers repack --drop-waste app.tar -o lean.tar

${EXIT_STATUSES}

Environment:
  NO_COLOR, FORCE_COLOR  no colours, or always; --color decides before them
  TERM=dumb              no colours
  COLUMNS                how wide tables may be
  LC_ALL, LC_CTYPE, LANG whether lines are drawn in UTF-8 or in ASCII`;

/** What stands below the options of a command. */
export function examples(lines: readonly string[]): string {
  return `
Examples:
${lines.map((line) => `  ${line}`).join('\n')}

${EXIT_STATUSES}`;
}
