import { execFileSync, spawnSync } from 'node:child_process';

/** Mounts an empty disk of some MiB on a directory. Returns a function to unmount it; null without the right. */
export function mountSmallDisk(folder: string, mebibytes: number): (() => void) | null {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', folder]);
  return status === 0 ? () => execFileSync('umount', [folder]) : null;
}
