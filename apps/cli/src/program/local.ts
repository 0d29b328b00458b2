import { Argument } from 'commander';
import type { CommandGroup, Grammar } from './grammar.js';
import { common, jsonl, noTrunc, several, withOptions } from './options.js';

/** The commands that show and tidy the local store. */
export const STORING: CommandGroup = {
  title: 'The local store ($LAYERS_STORE):',
  commands: {
    images: addImages,
    tag: addTag,
    rmi: addRmi,
    prune: addPrune,
    store: addStore,
  },
};

const PLATFORM = 'of an image for several platforms the one that is meant';

function addImages({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('images', 'The images of the store, as docker images lists them', [
      'layers images',
      "layers images --filter 'reference=alpine:3.*' --digests",
      'layers rmi $(layers images -q --filter dangling=true)',
    ])
      .argument('[REPOSITORY]', 'only these: a name, with or without a tag, or a pattern such as app*:1.?')
      .option('-a, --all', 'all images, which is the default: there are no intermediate ones')
      .option('--digests', 'with the digests of the manifests')
      .addOption(
        several(
          '-f, --filter <CONDITION>',
          'dangling=true|false, label=KEY[=VALUE], before=REF, since=REF, reference=PATTERN; may be repeated',
        ),
      )
      .option('--bytes', 'print sizes as exact bytes'),
    noTrunc,
    jsonl,
    (added) => common(added, { quiet: 'print the ids alone' }),
  ).action(async (pattern, flags) => {
    const { images } = await import('../commands/images.js');
    onStatus(await images(pattern, flags, session));
  });
}

function addTag({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('tag', 'One more name for an image of the store', [
      'layers tag app:1.0 registry.example/app:latest',
    ])
      .argument('<SOURCE>', 'a name or id of an image in the store')
      .argument('<TARGET>', 'the new name; where another image has it, that one loses it')
      .option('--platform <OS/ARCH>', PLATFORM),
    common,
  ).action(async (source, target, flags) => {
    const { tag } = await import('../commands/tag.js');
    onStatus(await tag(source, target, flags, session));
  });
}

function addRmi({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('rmi', 'Take names away, and with its last name the image', [
      'layers rmi app:1.0 app:1.1',
      'layers rmi --force 3ed9bdcf5d92',
    ])
      .argument('<REF...>', 'names or ids of images in the store')
      .option(
        '-f, --force',
        'an image by its id also where it has several names; what is not there is no failure',
      )
      .option('--platform <OS/ARCH>', PLATFORM),
    common,
  ).action(async (references, flags) => {
    const { rmi } = await import('../commands/rmi.js');
    onStatus(await rmi(references, flags, session));
  });
}

function addPrune({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('prune', 'Delete images without a name, and what no image needs', [
      'layers prune --dry-run',
      'layers prune --grace 0',
    ])
      .option('-f, --force', 'as docker: nothing is asked here in any case')
      .option(
        '--grace <DURATION>',
        'keep what no image needs while it is younger: 30s, 10m, 7d (default: 1h)',
      )
      .option('--dry-run', 'delete nothing, and tell what would be deleted')
      .option('--bytes', 'print sizes as exact bytes'),
    common,
  ).action(async (flags) => {
    const { prune } = await import('../commands/prune.js');
    onStatus(await prune(flags, session));
  });
}

function addStore({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('store', 'Whether every blob of the store is what its name says, or where the store is', [
      'layers store check',
      'skopeo inspect oci:$(layers store path):alpine:3.20',
    ])
      .addArgument(new Argument('<ACTION>', 'check every blob, or print the path').choices(['check', 'path']))
      .option('--bytes', 'print sizes as exact bytes'),
    noTrunc,
    common,
  ).action(async (action, flags) => {
    const { store } = await import('../commands/store.js');
    onStatus(await store(action, flags, session));
  });
}
