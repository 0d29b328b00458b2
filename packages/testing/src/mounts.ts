import { execFileSync, spawnSync } from 'node:child_process';

/** Mounts an empty disk of some MiB on a folder. Returns what unmounts it; null where this user cannot mount. */
export function mountSmallDisk(folder: string, mebibytes: number): (() => void) | null {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', folder]);
  return status === 0 ? () => execFileSync('umount', [folder]) : null;
}
