import type { Command } from 'commander';
import { several } from './options.js';

/** What `config` can set and remove. Names to remove may be patterns such as `DEBUG_*`. */
export function configuring(command: Command): Command {
  return command
    .addOption(several('--set-env <KEY=VALUE>', 'set an environment variable; may be repeated, as all lists'))
    .addOption(several('--unset-env <KEY>', 'remove it; * stands for anything'))
    .addOption(several('--label <KEY=VALUE>', 'set a label'))
    .addOption(several('--unset-label <KEY>', 'remove it'))
    .addOption(several('--volume <PATH>', 'add a volume'))
    .addOption(several('--unset-volume <PATH>', 'remove it'))
    .addOption(several('--expose <PORT[/PROTO]>', 'expose a port'))
    .addOption(several('--unexpose <PORT[/PROTO]>', 'expose it no longer'))
    .option('--entrypoint <COMMAND>', 'as a JSON list, or a line for the shell')
    .option('--unset-entrypoint', 'remove it')
    .option('--cmd <COMMAND>', 'as a JSON list, or a line for the shell')
    .option('--unset-cmd', 'remove it')
    .option('--user <USER[:GROUP]>', 'who runs it')
    .option('--unset-user', 'remove it')
    .option('--workdir <PATH>', 'where it runs')
    .option('--unset-workdir', 'remove it')
    .option('--healthcheck <CHECK>', "as docker's JSON, a command, or NONE")
    .option('--unset-healthcheck', 'remove it')
    .option('--stop-signal <SIGNAL>', 'what stops it')
    .option('--unset-stop-signal', 'remove it')
    .option('--shell <LIST>', 'the shell of command lines, as a JSON list')
    .option('--unset-shell', 'remove it')
    .option('--author <TEXT>', 'who made the image')
    .option('--unset-author', 'remove it')
    .option('--created <TIME>', 'when the image was made, in RFC 3339 or seconds since 1970')
    .option('--set-platform <OS/ARCH>', 'what the image runs on')
    .addOption(several('--annotation <KEY=VALUE>', 'set an annotation of the manifest'))
    .addOption(several('--unset-annotation <KEY>', 'remove it'));
}
