import { type Grammar, IMAGE_TEXT } from './grammar.js';
import { common, selecting } from './options.js';

/** The commands that give the root file system in another form. */
export function addMoving({ program, command, session, onStatus }: Grammar): void {
  program.commandsGroup('Move:');
  common(
    selecting(
      command('extract', 'The merged root file system on disk', [
        'layers extract app.tar rootfs/',
        'layers extract app.tar out/ /etc /usr/share/doc',
      ]),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .argument('<DIR>', 'where to: a new directory, or an empty one')
    .argument('[PATH...]', 'only these, with all that is below them')
    .option('--force', 'extract into a directory that is not empty, and replace what is there')
    .option('--same-owner', 'restore owners (default for root)')
    .option('--no-same-owner', 'all that is extracted belongs to you (default for others)')
    .action(async (name, directory, paths, flags) => {
      const { extract } = await import('../commands/extract.js');
      onStatus(await extract(name, directory, paths, flags, session));
    });

  common(
    selecting(
      command('export', 'The merged root file system as one tar', [
        'layers export app.tar -o rootfs.tar',
        'layers export app.tar | tar tv',
      ]),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .option('-o, --output <FILE>', 'where to write the tar (default: standard output)')
    .option('--force', 'replace what is there')
    .action(async (name, flags) => {
      const { exportImage } = await import('../commands/export.js');
      onStatus(await exportImage(name, flags, session));
    });
}
