import { Option } from 'commander';
import { configuring } from './config-options.js';
import { type CommandGroup, type Grammar, IMAGE_TEXT } from './grammar.js';
import {
  common,
  noTrunc,
  packing,
  proving,
  selecting,
  several,
  tagging,
  wholeNumber,
  withOptions,
  writing,
} from './options.js';

/** The commands that write another image. */
export const CHANGING: CommandGroup = {
  title: 'Change (IMAGE -> -o OUT; the input is never touched):',
  commands: {
    squash: addSquash,
    repack: addRepack,
    append: addAppend,
    config: addConfig,
  },
};

function addSquash({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('squash', 'Merge layers into one; the root file system stays the same', [
      'layers squash app.tar -o small.tar',
      'layers squash --last 3 app.tar -o app-squashed.tar',
      'layers squash --from 1 --to 4 --check app.tar -o app-squashed.tar',
    ]),
    selecting,
    noTrunc,
    writing,
    tagging,
    packing,
    common,
    proving,
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .addOption(
      new Option('--last <N>', 'merge the N topmost layers').argParser(wholeNumber).conflicts(['from', 'to']),
    )
    .option('--from <N>', 'the first layer to merge, by its position from 0', wholeNumber)
    .option('--to <N>', 'the last layer to merge', wholeNumber)
    .action(async (name, flags) => {
      const { squash } = await import('../commands/squash.js');
      onStatus(await squash(name, flags, session));
    });
}

function addRepack({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('repack', 'Change the form: archive, compression, without waste, several images', [
      'layers repack --compression zstd app.tar -o app-zstd.tar',
      'layers repack --drop-waste --check app.tar -o lean.tar',
      'layers repack --reproducible app.tar -o same.tar',
      'layers repack app.tar -o oci:app-layout',
      'layers repack a.tar b.tar -o both.tar',
    ]),
    selecting,
    noTrunc,
    writing,
    tagging,
    packing,
    common,
    proving,
  )
    .argument('<IMAGE...>', IMAGE_TEXT)
    .option('--all', 'all images of each archive')
    .option('--drop-waste', 'leave out what nothing reaches; all layers stay')
    .option(
      '--reproducible',
      'the same bytes for each build of a tree: order, times, builder (SOURCE_DATE_EPOCH)',
    )
    .action(async (names, flags) => {
      const { repack } = await import('../commands/repack.js');
      onStatus(await repack(names, flags, session));
    });
}

function addAppend({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('append', 'Add one layer: from a directory, a tar or a file, or hiding what is there', [
      'layers append app.tar --add dist:/srv/www -o new.tar',
      'layers append app.tar --add patch.tar.gz --delete /var/cache/apt -o new.tar',
      'layers append app.tar --diff --add rootfs:/ -o new.tar',
    ]),
    selecting,
    noTrunc,
    writing,
    tagging,
    packing,
    common,
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .addOption(several('--add <SOURCE[:/DEST]>', 'a directory or tar to add, or a file; may be repeated'))
    .addOption(several('--delete <PATH>', 'a path of the image to hide; may be repeated'))
    .option('--diff', 'keep only what differs, and delete below DEST what SOURCE has not')
    .option('--chown <UID:GID>', 'the owner of all that is added, or keep (default: 0:0, of tars their own)')
    .option('--chmod <MODE>', 'the mode of all that is added, in octal')
    .option('--mtime <SECONDS>', 'the time of all that is added, in seconds since 1970', wholeNumber)
    .option('-m, --message <TEXT>', 'a comment for the history')
    .action(async (name, flags) => {
      const { append } = await import('../commands/append.js');
      onStatus(await append(name, flags, session));
    });
}

function addConfig({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('config', 'Set and remove env, labels, volumes, ports, entrypoint, cmd, user, …', [
      'layers config app.tar --set-env TZ=UTC --unset-env DEBUG -o new.tar',
      'layers config app.tar --unset-volume /data --unexpose 8080 -o new.tar',
      'layers config app.tar --entrypoint \'["/app"]\' --user 1000 -o new.tar',
    ]),
    selecting,
    noTrunc,
    writing,
    tagging,
    common,
    proving,
    configuring,
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .action(async (name, flags) => {
      const { config } = await import('../commands/config.js');
      onStatus(await config(name, flags, session));
    });
}
