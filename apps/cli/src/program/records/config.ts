import type { OptionRecord } from '../record.js';

/** What `config` can set and remove. Names to remove may be patterns such as `DEBUG_*`. */
export const CONFIG_OPTIONS: readonly OptionRecord[] = [
  list('--set-env <KEY=VALUE>', 'set an environment variable (repeatable)'),
  list('--unset-env <KEY>', 'remove environment variables, such as DEBUG_*'),
  list('--label <KEY=VALUE>', 'set a label (repeatable)'),
  list('--unset-label <KEY>', 'remove labels, such as org.*'),
  list('--volume <PATH>', 'add a volume (repeatable)'),
  list('--unset-volume <PATH>', 'remove volumes, such as /var/*'),
  list('--expose <PORT[/PROTO]>', 'expose a port (repeatable)'),
  list('--unexpose <PORT[/PROTO]>', 'remove an exposed port (repeatable)'),
  { flags: '--entrypoint <COMMAND>', summary: 'set the entrypoint: a JSON list or a shell command' },
  { flags: '--unset-entrypoint', summary: 'remove the entrypoint' },
  { flags: '--cmd <COMMAND>', summary: 'set the command: a JSON list or a shell command' },
  { flags: '--unset-cmd', summary: 'remove the command' },
  { flags: '--user <USER[:GROUP]>', summary: 'set the user' },
  { flags: '--unset-user', summary: 'remove the user' },
  { flags: '--workdir <PATH>', summary: 'set the working directory' },
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
  list('--annotation <KEY=VALUE>', 'set an annotation of the manifest (repeatable)'),
  list('--unset-annotation <KEY>', 'remove annotations, such as org.*'),
];

function list(flags: string, summary: string): OptionRecord {
  return { flags, summary, repeatable: true };
}
