// The files that packages of Linux distributions have in common, in a temporary directory that stands for `/`.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cli, manifest, manualPages, programFiles } from './program-files.mjs';

export const MAINTAINER = 'The layers project <layers-project@users.noreply.github.com>';
export const SUMMARY = 'inspect, compare, change and move container images as files';
export const DESCRIPTION = [
  'layers reads archives of container images (docker save, podman save, skopeo,',
  'BuildKit) and OCI layouts without Docker. It shows what each layer contains',
  'and wastes, compares images, squashes and repacks them, keeps them in a local',
  'store, and copies them from and to registries.',
];
/** A release candidate sorts before its release, in dpkg and in rpm. */
export const version = manifest.version.replace('-', '~');
const HOME = `usr/share/${manifest.name}`;

/** Calls a function with a tree of files, and removes it afterwards. */
export function withPackageTree(make) {
  const folder = mkdtempSync(join(tmpdir(), 'layers-package-'));
  try {
    chmodSync(folder, 0o755);
    make(packageTree(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packageTree(folder) {
  /** Makes the directory of a path. The umask may have taken bits. */
  function addDirectoryOf(path) {
    const parent = dirname(join(folder, path));
    const made = mkdirSync(parent, { recursive: true, mode: 0o755 });
    for (let each = parent; made !== undefined && each.startsWith(made); each = dirname(each))
      chmodSync(each, 0o755);
  }

  function add(path, content, mode = 0o644) {
    addDirectoryOf(path);
    writeFileSync(join(folder, path), content);
    chmodSync(join(folder, path), mode);
  }

  function link(path, to) {
    addDirectoryOf(path);
    symlinkSync(relative(dirname(join(folder, path)), join(folder, to)), join(folder, path));
  }

  return {
    folder,
    add,

    addProgram() {
      for (const path of programFiles()) {
        const content = readFileSync(join(cli, path));
        const isScript = content.subarray(0, 2).toString() === '#!';
        // Programs of a distribution run with its Node, whatever comes first in PATH.
        const own = isScript ? content.toString().replace(/^#!.*/, '#!/usr/bin/node') : content;
        add(`${HOME}/${path}`, own, isScript ? 0o755 : 0o644);
      }
      link('usr/bin/layers', `${HOME}/bin/layers.js`);
      link('usr/libexec/docker/cli-plugins/docker-layers', `${HOME}/bin/docker-layers.js`);
    },

    addManualPages() {
      for (const path of manualPages()) {
        add(`usr/share/man/man1/${basename(path)}.gz`, gzipSync(readFileSync(join(cli, path)), { level: 9 }));
      }
    },

    /** `zsh` is the directory of completions in which zsh of the distribution looks. */
    addCompletions({ zsh }) {
      const places = {
        bash: 'bash-completion/completions/layers',
        zsh: `${zsh}/_layers`,
        fish: 'fish/vendor_completions.d/layers.fish',
      };
      for (const [shell, place] of Object.entries(places)) {
        const command = [join(cli, 'bin/layers.js'), 'completion', shell];
        add(`usr/share/${place}`, execFileSync(process.execPath, command));
      }
    },
  };
}
