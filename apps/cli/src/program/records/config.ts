import type { OptionRecord } from '../record.js';

/** What `config` can set and remove, by the names of docker, crane and buildah. Patterns such as `DEBUG_*` remove several. */
const OPTIONS: readonly OptionRecord[] = [
  list('--set-env <KEY=VALUE>', 'set an environment variable (repeatable)', ['-e']),
  list('--unset-env <KEY>', 'remove environment variables, such as DEBUG_*'),
  list('--label <KEY=VALUE>', 'set a label (repeatable)', ['-l']),
  list('--unset-label <KEY>', 'remove labels, such as org.*'),
  list('--volume <PATH>', 'add a volume (repeatable)'),
  list('--unset-volume <PATH>', 'remove volumes, such as /var/*'),
  list('--expose <PORT[/PROTO]>', 'expose a port (repeatable)', ['-p', '--port', '--exposed-ports']),
  list('--unexpose <PORT[/PROTO]>', 'remove an exposed port (repeatable)', [
    '--unset-expose',
    '--unset-port',
  ]),
  { flags: '--entrypoint <COMMAND>', summary: 'set the entrypoint: a JSON list or a shell command' },
  { flags: '--unset-entrypoint', summary: 'remove the entrypoint' },
  { flags: '--cmd <COMMAND>', summary: 'set the command: a JSON list or a shell command' },
  { flags: '--unset-cmd', summary: 'remove the command' },
  { flags: '--user <USER[:GROUP]>', summary: 'set the user', otherNames: ['-u'] },
  { flags: '--unset-user', summary: 'remove the user' },
  {
    flags: '--workdir <PATH>',
    summary: 'set the working directory',
    otherNames: ['-w', '--workingdir', '--working-dir'],
  },
  { flags: '--unset-workdir', summary: 'remove the working directory' },
  { flags: '--healthcheck <CHECK>', summary: 'set the health check: JSON, a shell command, or NONE' },
  { flags: '--unset-healthcheck', summary: 'remove the health check' },
  { flags: '--stop-signal <SIGNAL>', summary: 'set the stop signal' },
  { flags: '--unset-stop-signal', summary: 'remove the stop signal' },
  { flags: '--shell <LIST>', summary: 'set the shell of shell commands, as a JSON list' },
  { flags: '--unset-shell', summary: 'remove the shell' },
  { flags: '--author <TEXT>', summary: 'set the author' },
  { flags: '--unset-author', summary: 'remove the author' },
  { flags: '--created <TIME>', summary: 'set the creation time: RFC 3339 or seconds since 1970' },
  { flags: '--set-platform <OS/ARCH>', summary: 'set the platform: os/arch[/variant]' },
  list('--annotation <KEY=VALUE>', 'set an annotation of the manifest (repeatable)', ['-a']),
  list('--unset-annotation <KEY>', 'remove annotations, such as org.*'),
];

/** The options, each that sets something with and without `--set-`. */
export const CONFIG_OPTIONS: readonly OptionRecord[] = OPTIONS.map((option) => {
  const name = /^--[a-z-]+/.exec(option.flags)?.[0] ?? '';
  const other = name.startsWith('--set-') ? name.replace('--set-', '--') : name.replace('--', '--set-');
  // --platform selects the image to change.
  if (/^--un/.test(name) || other === '--platform') return option;
  return { ...option, otherNames: [other, ...(option.otherNames ?? [])] };
});

function list(flags: string, summary: string, otherNames: readonly string[] = []): OptionRecord {
  return { flags, summary, repeatable: true, otherNames };
}
