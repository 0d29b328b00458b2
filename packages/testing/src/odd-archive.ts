import { type ArchiveOptions, buildDockerArchive } from './archive-builder.ts';
import { buildTar } from './tar-builder.ts';

const ESCAPES = '\x1b]0;owned\x07\x1b[2J\u202e\x9b31m\n\r\t\x7f';
const hostile = (text: string): Buffer => Buffer.from(`${text}${ESCAPES}`);

/** Layers with each type of entry, each kind of waste, and names with terminal escapes or line breaks. */
export function oddLayers(): Uint8Array[] {
  const data = Buffer.from('some contents\n');
  const long = `usr/share/${'a-rather-long-name-'.repeat(8)}/${'日本語'.repeat(12)}.txt`;
  return [
    buildTar([
      {
        path: 'etc/',
        type: 'directory',
        xattrs: new Map([
          ['user.b', Buffer.from([0xff])],
          ['user.a', Buffer.from('1')],
        ]),
      },
      { path: 'etc/motd', data },
      { path: hostile('etc/evil-'), data },
      { path: Buffer.concat([Buffer.from('etc/latin-'), Buffer.from([0xe9, 0xff])]), data },
      { path: long, data, mode: 0o4755, uid: 3_000_000, gid: 70_000, mtime: -1, mtimeNs: 5 },
      { path: 'etc/link', type: 'symlink', linkpath: hostile('target-') },
      { path: 'etc/second', type: 'link', linkpath: 'etc/motd' },
      { path: 'dev/null', type: 'char', devmajor: 1, devminor: 3 },
      { path: 'binary', data: Buffer.from([0, 1, 2, 0x1b]) },
      { path: 'big', data: Buffer.alloc(900_000, 7) },
    ]),
    buildTar([
      { path: 'big', data: Buffer.alloc(900_000, 7), mode: 0o600 },
      { path: 'etc/.wh.second' },
      { path: hostile('etc/.wh.evil-') },
      { path: long, data: Buffer.from('other contents\n') },
      { path: 'gone/.wh..wh..opq' },
      { path: '.wh.absent' },
    ]),
  ];
}

/** Returns an archive of one image with these layers and a matching history. */
export function oddArchive(options: ArchiveOptions, tags = [`evil${ESCAPES}:latest`, 'odd:latest']): Buffer {
  const config = {
    config: { Env: [`A=${ESCAPES}`], Labels: { z: '1', a: '2' } },
    history: [
      {
        created: `now${ESCAPES}`,
        created_by: `/bin/sh -c #(nop) ADD file:${'ab'.repeat(32)} in / ${'x'.repeat(300)}`,
      },
      { created: '2026-01-02T03:04:05.678Z', created_by: `RUN ${ESCAPES} chmod 600 /big`, comment: ESCAPES },
      { created: '2026-01-02T03:04:05.678Z', created_by: 'CMD ["/bin/sh"]', empty_layer: true },
    ],
  };
  return buildDockerArchive({ images: [{ tags, layers: oddLayers(), config }] }, options);
}
