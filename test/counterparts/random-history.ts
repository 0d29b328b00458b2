import { randomFrom } from './random-from.ts';

const folders = ['', '', '/d', '/d/e', '/d/e/f', '/g h', '/\u00e9t\u00e9', '/old'];
const names = ['a', 'b', 'c', 'd', 'e', '.f', 'x y', '\u00fcn\u00ef', '-n', 'back\\slash', 'line\nbreak'];
const longNames = ['l'.repeat(110), 'm'.repeat(240), '\u6f22'.repeat(60)];
/** Bytes that are not UTF-8. */
const rawNames = [Buffer.from([0xff, 0xfe, 0x71]), Buffer.from([0x72, 0x80])];

/** Returns a shell word with exactly these bytes. */
function quote(path: string | Buffer): string {
  const octal = [...Buffer.from(path)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf '${octal.join('')}')"`;
}

/**
 * Shell commands, one for each layer, as in `RUN` instructions. Each can fail, because the paths come from a small set
 * and often do not exist or have another type.
 */
export function randomHistory(seed: number): string[] {
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[random(list.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  };
  const path = (): string => {
    const folder = Buffer.from(`${pick(folders)}/`);
    const kind = random(20);
    const name = kind === 0 ? pick(rawNames) : Buffer.from(kind === 1 ? pick(longNames) : pick(names));
    return quote(Buffer.concat([folder, name]));
  };
  const folder = (): string => quote(pick(folders.slice(2)));
  const content = (): string =>
    pick(["printf ''", 'echo one', 'echo two', 'seq 200', 'seq 3000', `echo ${random(1000)}`]);
  const mode = (): string => pick(['600', '644', '755', '4755', '2711', '1777', '000', '700']);
  const owner = (): string => pick(['0:0', '1000:1000', '65534:65534', '3000000:3000001', '7:0']);
  const time = (): string => pick(['0', '1', '1000000000', '2147483648', '8589934592']);
  const operations: (() => string)[] = [
    () => written(path(), `${content()} >`),
    () => written(path(), `${content()} >`),
    () => written(path(), 'echo more >>'),
    () => kept(path(), 'tr a-z b-za', 'touch "$s"'),
    () => kept(path(), 'tr a-z b-za', 'touch -r "$p" "$s"'),
    () => kept(path(), 'cat', 'touch "$s"'),
    () => kept(path(), 'cat', 'touch -r "$p" "$s"'),
    () => `mkdir -p ${folder()}`,
    () => `mkdir -p ${path()}`,
    () => `chmod ${mode()} ${path()}`,
    () => `chmod ${mode()} ${folder()}`,
    () => `chown -h ${owner()} ${path()}`,
    () => `chown -R ${owner()} ${folder()}`,
    () => `rm -f ${path()}`,
    () => `rm -rf ${path()}`,
    () => `rm -rf ${folder()}`,
    () => remade(folder()),
    () => remade(path()),
    () => `ln ${path()} ${path()}`,
    () => `ln -f ${path()} ${path()}`,
    () => `ln -s ${pick(['a', '../b', '/d/e', '/nowhere', '.', 'é'])} ${path()}`,
    () => `ln -sfn ${pick(['c', '/d'])} ${path()}`,
    () => `mv ${path()} ${path()}`,
    () => `mv ${folder()} ${path()}`,
    () => `cp -a ${path()} ${path()}`,
    () => `mkfifo ${path()}`,
    () => `mknod ${path()} c ${random(300)} ${1 + random(300)}`,
    () => `mknod ${path()} b 8 ${random(70000)}`,
    () => `touch -h -d @${time()} ${path()}`,
    () => `p=${path()}; rm -rf "$p"; ${content()} > "$p"`,
    () => `p=${path()}; rm -rf "$p"; mkfifo "$p"`,
    () => `p=${path()}; rm -rf "$p"; ln -s elsewhere "$p"`,
  ];
  const layers = 3 + random(4);
  return Array.from({ length: layers }, () => {
    const count = 6 + random(14);
    return Array.from({ length: count }, () => `{ ${pick(operations)()}; } 2>/dev/null`).join('\n');
  });

  /** Without FIFOs: writing to one would block. */
  function written(where: string, command: string): string {
    return `p=${where}; if [ -f "$p" ] || ! [ -e "$p" ]; then ${command} "$p"; fi`;
  }

  /** Writes a file through a filter that keeps its size, and sets the time that `clock` set on the spare file. */
  function kept(where: string, filter: string, clock: string): string {
    return `p=${where}; s=/dev/spare; [ -f "$p" ] && ${clock} && ${filter} < "$p" > /dev/bytes && cat /dev/bytes > "$p" && touch -r "$s" "$p"`;
  }

  function remade(where: string): string {
    return `p=${where}; rm -rf "$p" && mkdir "$p" && ${content()} > "$p/${pick(['a', 'new'])}"`;
  }
}
