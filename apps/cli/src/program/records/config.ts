import type { OptionRecord } from '../record.js';

/** What `config` can set and remove. Names to remove may be patterns such as `DEBUG_*`. */
export const CONFIG_OPTIONS: readonly OptionRecord[] = [
  list('--set-env <KEY=VALUE>', 'set an environment variable; may be repeated, as all lists'),
  list('--unset-env <KEY>', 'remove environment variables; * matches any text'),
  list('--label <KEY=VALUE>', 'set a label'),
  list('--unset-label <KEY>', 'remove labels; * matches any text'),
  list('--volume <PATH>', 'add a volume'),
  list('--unset-volume <PATH>', 'remove volumes; * matches any text'),
  list('--expose <PORT[/PROTO]>', 'expose a port'),
  list('--unexpose <PORT[/PROTO]>', 'remove an exposed port'),
  { flags: '--entrypoint <COMMAND>', summary: 'set the entrypoint: a JSON list, or a line for the shell' },
  { flags: '--unset-entrypoint', summary: 'remove the entrypoint' },
  { flags: '--cmd <COMMAND>', summary: 'set the command: a JSON list, or a line for the shell' },
  { flags: '--unset-cmd', summary: 'remove the command' },
  { flags: '--user <USER[:GROUP]>', summary: 'set the user' },
  { flags: '--unset-user', summary: 'remove the user' },
  { flags: '--workdir <PATH>', summary: 'set the working directory' },
  { flags: '--unset-workdir', summary: 'remove the working directory' },
  { flags: '--healthcheck <CHECK>', summary: "set the health check: docker's JSON, a command, or NONE" },
  { flags: '--unset-healthcheck', summary: 'remove the health check' },
  { flags: '--stop-signal <SIGNAL>', summary: 'set the stop signal' },
  { flags: '--unset-stop-signal', summary: 'remove the stop signal' },
  { flags: '--shell <LIST>', summary: 'set the shell of command lines, as a JSON list' },
  { flags: '--unset-shell', summary: 'remove the shell' },
  { flags: '--author <TEXT>', summary: 'set the author' },
  { flags: '--unset-author', summary: 'remove the author' },
  { flags: '--created <TIME>', summary: 'set the creation time, in RFC 3339 or seconds since 1970' },
  { flags: '--set-platform <OS/ARCH>', summary: 'set the platform: os/arch[/variant]' },
  list('--annotation <KEY=VALUE>', 'set an annotation of the manifest'),
  list('--unset-annotation <KEY>', 'remove annotations; * matches any text'),
];

function list(flags: string, summary: string): OptionRecord {
  return { flags, summary, repeatable: true };
}
