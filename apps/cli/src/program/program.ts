import { Command, Option } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import { columnsOf } from '../output/terminal-size.js';
import { VERSION } from '../version.js';
import { configuring } from './config-options.js';
import { comparing } from './diff-options.js';
import { examples, ROOT_HELP } from './help.js';
import {
  common,
  depth,
  jsonl,
  layer,
  noTrunc,
  packing,
  proving,
  selecting,
  several,
  tagging,
  top,
  wholeNumber,
  writing,
} from './options.js';
import type { CommonFlags, Session } from './session.js';

/** What `completion` can write scripts for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/**
 * The command line's grammar. The code of a command is loaded when it is called, and `onStatus` hears what it ended
 * with. Usage errors are thrown as CommanderError; nothing is printed for them here.
 */
export function createProgram(session: Session, onStatus: (status: ExitStatus) => void): Command {
  const { stdout, stderr, env } = session;
  const program = new Command('layers')
    .description('Container images as files: understand and change them, with no Docker needed')
    .usage('COMMAND [OPTIONS] IMAGE')
    .version(`layers ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => Math.min(columnsOf(env, stdout), 100),
      getErrHelpWidth: () => Math.min(columnsOf(env, stderr), 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', ROOT_HELP);

  const command = (name: string, summary: string, examplesText: readonly string[]) =>
    program.command(name).description(summary).addHelpText('after', examples(examplesText));
  const image = 'an archive, an OCI layout, - for standard input, or docker-archive:, oci-archive:, oci:';

  program.commandsGroup('Understand:');
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
    .argument('<IMAGE>', image)
    .addOption(top())
    .option('--verify', 'compute every digest and compare it with what is claimed')
    .action(async (name, flags) => {
      const { inspect } = await import('../commands/inspect.js');
      onStatus(await inspect(name, flags, session));
    });

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
    .argument('<IMAGE>', image)
    .action(async (name, flags) => {
      const { waste } = await import('../commands/waste.js');
      onStatus(await waste(name, flags, session));
    });

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
    .argument('<IMAGE>', image)
    .action(async (name, flags) => {
      const { history } = await import('../commands/history.js');
      onStatus(await history(name, flags, session));
    });

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
    .argument('<IMAGE>', image)
    .argument('[PATH]', 'where to begin (default: /)')
    .option('-l, --long', 'with mode, owner, size, time and layer')
    .option('-R, --recursive', 'everything below, as whole paths')
    .addOption(layer())
    .option('--digest', 'with the SHA-256 of every file')
    .action(async (name, path, flags) => {
      const { ls } = await import('../commands/ls.js');
      onStatus(await ls(name, path, flags, session));
    });

  common(
    selecting(
      command('tree', 'The same as a tree with sizes', [
        'layers tree --depth 2 app.tar',
        'layers tree --layer 0 app.tar /usr',
      ]),
    ),
  )
    .argument('<IMAGE>', image)
    .argument('[PATH]', 'where to begin (default: /)')
    .addOption(depth())
    .addOption(layer())
    .action(async (name, path, flags) => {
      const { tree } = await import('../commands/tree.js');
      onStatus(await tree(name, path, flags, session));
    });

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
    .argument('<IMAGE>', image)
    .argument('<PATH>', 'the file, from the root of the image')
    .addOption(layer())
    .option('--force', 'write binary contents to a terminal too')
    .action(async (name, path, flags) => {
      const { cat } = await import('../commands/cat.js');
      onStatus(await cat(name, path, flags, session));
    });

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
    .argument('<A>', `the old image: ${image}`)
    .argument('[B]', 'the new image (default: another image, or other layers, of A)')
    .action(async (a, b, flags) => {
      const { diff } = await import('../commands/diff.js');
      onStatus(await diff(a, b, flags, session));
    });

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
    .argument('<IMAGE>', image)
    .action(async (name, flags) => {
      const { verify } = await import('../commands/verify.js');
      onStatus(await verify(name, flags, session));
    });

  program.commandsGroup('Change (IMAGE -> -o OUT; the input is never touched):');
  proving(
    common(
      packing(
        tagging(
          writing(
            noTrunc(
              selecting(
                command('squash', 'Merge layers into one; the root file system stays the same', [
                  'layers squash app.tar -o small.tar',
                  'layers squash --last 3 app.tar -o app-squashed.tar',
                  'layers squash --from 1 --to 4 --check app.tar -o app-squashed.tar',
                ]),
              ),
            ),
          ),
        ),
      ),
    ),
  )
    .argument('<IMAGE>', image)
    .addOption(
      new Option('--last <N>', 'merge the N topmost layers').argParser(wholeNumber).conflicts(['from', 'to']),
    )
    .option('--from <N>', 'the first layer to merge, by its position from 0', wholeNumber)
    .option('--to <N>', 'the last layer to merge', wholeNumber)
    .action(async (name, flags) => {
      const { squash } = await import('../commands/squash.js');
      onStatus(await squash(name, flags, session));
    });

  proving(
    common(
      packing(
        tagging(
          writing(
            noTrunc(
              selecting(
                command('repack', 'Change the form: archive, compression, without waste, several images', [
                  'layers repack --compression zstd app.tar -o app-zstd.tar',
                  'layers repack --drop-waste --check app.tar -o lean.tar',
                  'layers repack app.tar -o oci:app-layout',
                  'layers repack a.tar b.tar -o both.tar',
                ]),
              ),
            ),
          ),
        ),
      ),
    ),
  )
    .argument('<IMAGE...>', image)
    .option('--all', 'all images of each archive')
    .option('--drop-waste', 'leave out what nothing reaches; all layers stay')
    .action(async (names, flags) => {
      const { repack } = await import('../commands/repack.js');
      onStatus(await repack(names, flags, session));
    });

  common(
    packing(
      tagging(
        writing(
          noTrunc(
            selecting(
              command('append', 'Add one layer: from a directory, a tar or a file, or hiding what is there', [
                'layers append app.tar --add dist:/srv/www -o new.tar',
                'layers append app.tar --add patch.tar.gz --delete /var/cache/apt -o new.tar',
                'layers append app.tar --diff --add rootfs:/ -o new.tar',
              ]),
            ),
          ),
        ),
      ),
    ),
  )
    .argument('<IMAGE>', image)
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

  configuring(
    proving(
      common(
        tagging(
          writing(
            noTrunc(
              selecting(
                command('config', 'Set and remove env, labels, volumes, ports, entrypoint, cmd, user, …', [
                  'layers config app.tar --set-env TZ=UTC --unset-env DEBUG -o new.tar',
                  'layers config app.tar --unset-volume /data --unexpose 8080 -o new.tar',
                  'layers config app.tar --entrypoint \'["/app"]\' --user 1000 -o new.tar',
                ]),
              ),
            ),
          ),
        ),
      ),
    ),
  )
    .argument('<IMAGE>', image)
    .action(async (name, flags) => {
      const { config } = await import('../commands/config.js');
      onStatus(await config(name, flags, session));
    });

  program.commandsGroup('Move:');
  common(
    selecting(
      command('extract', 'The merged root file system on disk', [
        'layers extract app.tar rootfs/',
        'layers extract app.tar out/ /etc /usr/share/doc',
      ]),
    ),
  )
    .argument('<IMAGE>', image)
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
    .argument('<IMAGE>', image)
    .option('-o, --output <FILE>', 'where to write the tar (default: standard output)')
    .option('--force', 'replace what is there')
    .action(async (name, flags) => {
      const { exportImage } = await import('../commands/export.js');
      onStatus(await exportImage(name, flags, session));
    });

  program.commandsGroup('More:');
  command('completion', 'A script that lets a shell complete this command', [
    'source <(layers completion bash)',
    'layers completion fish > ~/.config/fish/completions/layers.fish',
  ])
    .argument('<SHELL>', SHELLS.join(', '))
    .action(async (shell: string, _: CommonFlags) => {
      const { completion } = await import('../commands/completion.js');
      onStatus(await completion(shell, program, session));
    });

  return program;
}
