import { Option } from 'commander';
import { ARCHIVE_COMPRESSIONS } from '../documents/save.js';
import { ARCHIVE_FORMATS } from '../output/output-name.js';
import { type CommandGroup, type Grammar, IMAGE_TEXT } from './grammar.js';
import { common, compressing, selecting, several, withOptions } from './options.js';

/** The commands that bring images in and out of the store, and give the root file system in another form. */
export const MOVING: CommandGroup = {
  title: 'Move:',
  commands: {
    load: addLoad,
    save: addSave,
    import: addImport,
    export: addExport,
    extract: addExtract,
  },
};

function addLoad({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('load', 'An archive into the local store: all its images, or one of them', [
      'layers load -i my-archive.tar.gz',
      'docker save app | layers load',
      'layers load -i oci:layout --image app:1.0',
      'layers load -i app.tar --to docker-daemon',
    ])
      .option('-i, --input <FILE>', `what to load (default: standard input): ${IMAGE_TEXT}`)
      .addOption(new Option('--all', 'all images of the archive, which is the default').conflicts('image')),
    (added) => selecting(added, { bytes: false }),
    (added) =>
      added.addOption(compressing(['gzip', 'zstd'], 'pack raw layers (default: all stay as they are)')),
    (added) =>
      added.option('--to <TRANSPORT>', 'docker-daemon: load into a Docker Engine, not into the store'),
    common,
  ).action(async (flags) => {
    const { load } = await import('../commands/load.js');
    onStatus(await load(flags, session));
  });
}

function addSave({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('save', 'Images of the store in one archive, layers that they share once', [
      'layers save -o my-archive.tar.gz centos ubuntu busybox',
      'layers save app:1.0 | ssh host docker load',
      'layers save docker-daemon:nginx -o nginx.tar',
    ])
      .argument('<REF...>', 'names or ids of images in the store; a name without a tag is all its tags')
      .option(
        '-o, --output <FILE>',
        'where to write: a file, - for standard output (default), or oci:DIR and the like',
      )
      .addOption(
        new Option('--format <FORM>', 'hybrid (what every loader takes), docker, oci, oci-dir').choices([
          ...ARCHIVE_FORMATS,
        ]),
      )
      .addOption(
        compressing(
          ARCHIVE_COMPRESSIONS,
          'pack the archive as a whole (default: as its name says, .tar.gz or .tar.zst)',
        ),
      )
      .option('--platform <OS/ARCH>', 'which platform of an image: os/arch[/variant]')
      .option('--force', 'replace what is there')
      .option('--bytes', 'print sizes as exact bytes'),
    common,
  ).action(async (references, flags) => {
    const { save } = await import('../commands/save.js');
    onStatus(await save(references, flags, session));
  });
}

function addImport({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('import', 'The tar of a root file system becomes an image of one layer in the store', [
      'layers import rootfs.tar.xz app:1.0',
      `docker export container | layers import -c 'CMD ["/app"]' -m 'from a container' - app:1.0`,
    ])
      .argument('<FILE>', 'a tar, raw or packed with gzip, zstd, xz or bzip2; - for standard input')
      .argument('[REF]', 'the name of the image')
      .addOption(
        several('-c, --change <INSTRUCTION>', 'CMD, ENV, LABEL, … as in a Dockerfile; may be repeated'),
      )
      .option('-m, --message <TEXT>', 'a comment for the history')
      .option('--platform <OS/ARCH>', 'what the image is for (default: this machine)')
      .addOption(compressing(['gzip', 'zstd'], 'pack the layer (default: it stays a raw tar)')),
    common,
  ).action(async (file, reference, flags) => {
    const { importImage } = await import('../commands/import.js');
    onStatus(await importImage(file, reference, flags, session));
  });
}

function addExport({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('export', 'The merged root file system as one tar', [
      'layers export app.tar -o rootfs.tar',
      'layers export app.tar | tar tv',
    ]),
    selecting,
    common,
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .option('-o, --output <FILE>', 'where to write the tar (default: standard output)')
    .option('--force', 'replace what is there')
    .action(async (name, flags) => {
      const { exportImage } = await import('../commands/export.js');
      onStatus(await exportImage(name, flags, session));
    });
}

function addExtract({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('extract', 'The merged root file system on disk', [
      'layers extract app.tar rootfs/',
      'layers extract app.tar out/ /etc /usr/share/doc',
    ]),
    selecting,
    common,
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
}
