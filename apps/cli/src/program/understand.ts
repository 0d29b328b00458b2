import { comparing } from './diff-options.js';
import { type CommandGroup, type Grammar, IMAGE_TEXT } from './grammar.js';
import { common, depth, jsonl, layer, noTrunc, selecting, top } from './options.js';

/** The commands that only read. */
export const UNDERSTANDING: CommandGroup = {
  title: 'Understand:',
  commands: {
    inspect: addInspect,
    waste: addWaste,
    history: addHistory,
    ls: addLs,
    tree: addTree,
    cat: addCat,
    diff: addDiff,
    verify: addVerify,
  },
};

function addInspect({ command, session, onStatus }: Grammar): void {
  common(
    noTrunc(
      selecting(
        command('inspect', 'What an image is, its layers, what each adds and wastes', [
          'layers inspect app.tar',
          'docker save app | layers inspect --json - | jq .totals',
        ]),
      ),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .addOption(top())
    .option('--verify', 'compute every digest and compare it with what is claimed')
    .action(async (name, flags) => {
      const { inspect } = await import('../commands/inspect.js');
      onStatus(await inspect(name, flags, session));
    });
}

function addWaste({ command, session, onStatus }: Grammar): void {
  common(
    jsonl(
      noTrunc(
        selecting(
          command('waste', 'Every wasted content: bytes, path, who stored it, who made it unreachable, why', [
            'layers waste app.tar',
            'layers waste --jsonl app.tar | jq -r .path',
          ]),
        ),
      ),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .action(async (name, flags) => {
      const { waste } = await import('../commands/waste.js');
      onStatus(await waste(name, flags, session));
    });
}

function addHistory({ command, session, onStatus }: Grammar): void {
  common(
    jsonl(
      noTrunc(
        selecting(
          command('history', 'The steps that made an image, with layers and sizes', [
            'layers history app.tar',
            'layers history --no-trunc app.tar',
          ]),
        ),
      ),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .action(async (name, flags) => {
      const { history } = await import('../commands/history.js');
      onStatus(await history(name, flags, session));
    });
}

function addLs({ command, session, onStatus }: Grammar): void {
  common(
    jsonl(
      selecting(
        command('ls', "The merged file system, or one layer's own entries", [
          'layers ls -l app.tar /etc',
          'layers ls -R --layer 2 app.tar',
        ]),
      ),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .argument('[PATH]', 'where to begin (default: /)')
    .option('-l, --long', 'with mode, owner, size, time and layer')
    .option('-R, --recursive', 'everything below, as whole paths')
    .addOption(layer())
    .option('--digest', 'with the SHA-256 of every file')
    .action(async (name, path, flags) => {
      const { ls } = await import('../commands/ls.js');
      onStatus(await ls(name, path, flags, session));
    });
}

function addTree({ command, session, onStatus }: Grammar): void {
  common(
    selecting(
      command('tree', 'The same as a tree with sizes', [
        'layers tree --depth 2 app.tar',
        'layers tree --layer 0 app.tar /usr',
      ]),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .argument('[PATH]', 'where to begin (default: /)')
    .addOption(depth())
    .addOption(layer())
    .action(async (name, path, flags) => {
      const { tree } = await import('../commands/tree.js');
      onStatus(await tree(name, path, flags, session));
    });
}

function addCat({ command, session, onStatus }: Grammar): void {
  common(
    selecting(
      command('cat', "A file's bytes; --layer reaches files that later layers deleted", [
        'layers cat app.tar /etc/os-release',
        'layers cat --layer 1 app.tar /root/.ssh/id_rsa > key',
      ]),
      { bytes: false },
    ),
    { json: false },
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .argument('<PATH>', 'the file, from the root of the image')
    .addOption(layer())
    .option('--force', 'write binary contents to a terminal too')
    .action(async (name, path, flags) => {
      const { cat } = await import('../commands/cat.js');
      onStatus(await cat(name, path, flags, session));
    });
}

function addDiff({ command, session, onStatus }: Grammar): void {
  common(
    jsonl(
      noTrunc(
        comparing(
          command('diff', 'What differs between two images: files, layers, config, history, packages', [
            'layers diff app-1.tar app-2.tar',
            'layers diff --patch --include /etc app-1.tar app-2.tar',
            'layers diff --layer-a 1 --layer-b 3 app.tar    # what layers 2 and 3 did',
            'layers diff --image app:1 --image-b app:2 both.tar',
            'layers diff --reproducible build-1.tar build-2.tar && echo reproduced',
          ]),
        ),
      ),
    ),
  )
    .argument('<A>', `the old image: ${IMAGE_TEXT}`)
    .argument('[B]', 'the new image (default: another image, or other layers, of A)')
    .action(async (a, b, flags) => {
      const { diff } = await import('../commands/diff.js');
      onStatus(await diff(a, b, flags, session));
    });
}

function addVerify({ command, session, onStatus }: Grammar): void {
  common(
    noTrunc(
      selecting(
        command('verify', 'Every size and digest that is claimed; also structure', [
          'layers verify app.tar',
          'skopeo copy docker://alpine oci-archive:/dev/stdout | layers verify -',
        ]),
        { bytes: false },
      ),
    ),
  )
    .argument('<IMAGE>', IMAGE_TEXT)
    .action(async (name, flags) => {
      const { verify } = await import('../commands/verify.js');
      onStatus(await verify(name, flags, session));
    });
}
