import { describe, expect, test } from 'vitest';
import { cleanInstruction, shortInstruction } from '../../src/oci/instruction.ts';
import { hex } from './documents.ts';

describe('cleanInstruction', () => {
  test.each([
    [`/bin/sh -c #(nop) ADD file:${hex('a')} in / `, `ADD file:${hex('a')} in /`],
    ['/bin/sh -c #(nop)  CMD ["/bin/sh"]', 'CMD ["/bin/sh"]'],
    ['/bin/bash -o pipefail -c #(nop)  CMD ["x"]', 'CMD ["x"]'],
    ['cmd /S /C #(nop) COPY dir:x in C:\\ ', 'COPY dir:x in C:\\'],
    ['powershell -Command #(nop)  ENV A=b', 'ENV A=b'],
    ['/bin/sh -c #(nop)', ''],
    ['/bin/sh -c apt-get install', 'apt-get install'],
    ['/bin/sh -c \tset -eux; \tx', 'set -eux; \tx'],
    ['RUN /bin/sh -c rm /node # buildkit', 'RUN rm /node'],
    ['COPY node / # buildkit', 'COPY node /'],
    ['RUN rm -rf /root/example/', 'RUN rm -rf /root/example/'],
    ['sh -c cat /etc/alpine-release; touch /tmp/x', 'sh -c cat /etc/alpine-release; touch /tmp/x'],
    ['/bin/sh -cx', '/bin/sh -cx'],
    ['|1 A=b /bin/sh -c make', '|1 A=b /bin/sh -c make'],
    ['/bin/sh -c echo x # buildkit says', 'echo x # buildkit says'],
    ['/bin/sh -c echo "a #(nop) b"', 'echo "a #(nop) b"'],
    ['# buildkit', ''],
    ['', ''],
    ['BusyBox 1.37.0 (glibc), Debian 12', 'BusyBox 1.37.0 (glibc), Debian 12'],
    ['\u001b[31mred', '\u001b[31mred'],
  ])('%j is shown as %j', (createdBy, shown) => {
    expect(cleanInstruction(createdBy)).toBe(shown);
  });

  test('megabytes of spaces take no time', () => {
    const spaces = ' '.repeat(5_000_000);
    expect(cleanInstruction(`x${spaces}y${spaces}# buildkit`)).toBe(`x${spaces}y`);
  });
});

test('shortInstruction shortens hashes only', () => {
  expect(shortInstruction(`/bin/sh -c #(nop) ADD file:${hex('a')} in / `)).toBe('ADD file:aaaaaaa… in /');
  expect(shortInstruction(`COPY dir:${hex('b')} in /x`)).toBe('COPY dir:bbbbbbb… in /x');
  expect(shortInstruction(`COPY multi:${hex('c')} in /x`)).toBe('COPY multi:ccccccc… in /x');
  expect(shortInstruction(`echo sha256:${hex('a')}`)).toBe(`echo sha256:${hex('a')}`);
  expect(shortInstruction(`profile:${hex('a')}`)).toBe(`profile:${hex('a')}`);
  expect(shortInstruction(`file:${hex('a')}a`)).toBe(`file:${hex('a')}a`);
});
