import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needsThat } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, describe, expect, test } from 'vitest';
import { asNobody, canBeNobody } from './support/as-nobody.ts';
import { readDisk } from './support/disk-tree.ts';
import { extracted, newPath, notDoneCounts } from './support/extracted.ts';

const scratch = useScratch();
describe('a user other than root', needsThat(canBeNobody, 'only root can become another user'), () => {
  beforeAll(() => chmodSync(scratch.folder, 0o777));

  test('owns all files, and the report lists their owners in the image', async () => {
    const { directory, report } = await asNobody(() =>
      extracted(scratch, [
        [
          { path: 'theirs', uid: 1000, gid: 1000 },
          { path: 'mine', uid: 65534, gid: 65534 },
          { type: 'symlink', path: 'link', linkpath: 'x', uid: 1, gid: 1 },
        ],
      ]),
    );
    expect(readDisk(directory).get('/theirs')).toMatchObject({ uid: 65534, gid: 65534 });
    expect(notDoneCounts(report)).toEqual({ owner: 2 });
    expect(report.notDone[0]).toMatchObject({ message: 'only root can set the owner 1000:1000' });
    expect(report.notDone[0]?.path.toString()).toBe('/theirs');
  });

  test('gets no report of owners with `sameOwner: false`', async () => {
    const { report } = await asNobody(() =>
      extracted(scratch, [[{ path: 'theirs', uid: 1000 }]], { sameOwner: false }),
    );
    expect(notDoneCounts(report)).toEqual({});
  });

  test('gets a report of each refused owner with `sameOwner: true`', async () => {
    const { report } = await asNobody(() =>
      extracted(scratch, [[{ path: 'theirs', uid: 1000 }]], { sameOwner: true }),
    );
    expect(notDoneCounts(report)).toEqual({ owner: 1 });
  });

  test('gets no setuid and setgid bits for files of other owners', async () => {
    const { directory, report } = await asNobody(() =>
      extracted(scratch, [
        [
          { path: 'su', mode: 0o6755, uid: 0, gid: 0 },
          { path: 'half', mode: 0o6755, uid: 65534, gid: 0 },
          { path: 'own', mode: 0o6755, uid: 65534, gid: 65534 },
          { type: 'directory', path: 'shared', mode: 0o2775, uid: 65534, gid: 50 },
          { type: 'directory', path: 'tmp', mode: 0o1777, uid: 65534, gid: 65534 },
        ],
      ]),
    );
    const disk = readDisk(directory);
    expect(disk.get('/su')?.mode).toBe(0o755);
    expect(disk.get('/half')?.mode).toBe(0o4755);
    expect(disk.get('/own')?.mode).toBe(0o6755);
    expect(disk.get('/shared')?.mode).toBe(0o775);
    expect(disk.get('/tmp')?.mode).toBe(0o1777);
    expect(notDoneCounts(report)).toMatchObject({ setuid: 3 });
  });

  test('extracts directories without permissions, and links to files without permissions', async () => {
    const { directory } = await asNobody(() =>
      extracted(scratch, [
        [
          { type: 'directory', path: 'closed', mode: 0 },
          { type: 'directory', path: 'closed/inner', mode: 0o100 },
          { path: 'closed/inner/f', data: Buffer.from('x'), mode: 0 },
          { type: 'link', path: 'l', linkpath: 'closed/inner/f' },
        ],
      ]),
    );
    const disk = readDisk(directory);
    expect(disk.get('/closed')?.mode).toBe(0);
    expect(disk.get('/closed/inner')?.mode).toBe(0o100);
    expect(disk.get('/l')?.inode).toBe(disk.get('/closed/inner/f')?.inode);
  });

  test('gets FIFOs, but no devices', async () => {
    const { directory, report } = await asNobody(() =>
      extracted(scratch, [
        [
          { type: 'char', path: 'null', devmajor: 1, devminor: 3, uid: 65534, gid: 65534 },
          { type: 'link', path: 'null2', linkpath: 'null' },
          { type: 'fifo', path: 'fifo', uid: 65534, gid: 65534 },
        ],
      ]),
    );
    expect([...readDisk(directory).keys()]).toEqual(['', '/fifo']);
    expect(notDoneCounts(report)).toEqual({ device: 1, link: 1 });
  });

  test('gets an error for a destination that is not writable', async () => {
    const directory = newPath(scratch);
    mkdirSync(directory, { mode: 0o755 });
    const refused = asNobody(() => extracted(scratch, [[{ path: 'f' }]], { directory }));
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_LAYERS_WRITE_OUTPUT',
      message: `cannot write "/f" below ${directory}: permission denied; the extracted tree is incomplete`,
    });
  });

  test('with force, can extract into existing read-only directories', async () => {
    const directory = newPath(scratch);
    mkdirSync(join(directory, 'd'), { recursive: true });
    for (const path of [join(directory, 'd'), directory]) chownSync(path, 65534, 65534);
    chmodSync(join(directory, 'd'), 0o555);
    await asNobody(() =>
      extracted(
        scratch,
        [
          [
            { type: 'directory', path: 'd', mode: 0o511 },
            { path: 'd/f', data: Buffer.from('x') },
          ],
        ],
        { directory, force: true },
      ),
    );
    expect(readFileSync(join(directory, 'd/f'), 'utf8')).toBe('x');
    expect(readDisk(directory).get('/d')?.mode).toBe(0o511);
  });
});
