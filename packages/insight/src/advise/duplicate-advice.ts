import { pathOf, type Union } from '@layers/core/rootfs';
import type { FileGroup } from './file-group.js';
import type { AdviceText } from './wasted-advice.js';

/** `ADD file:4f2a… in /` of the classic builder, `ADD rootfs.tar.gz /` of BuildKit, and the comment of debuerreotype. */
const ROOTFS = /^(?:ADD \S+ (?:in )?\/ *$|# debian\.sh\b)/;

/** Whether the first instruction of an image adds a whole root file system. */
export function addsRootfs(instruction: string | null): boolean {
  return instruction !== null && ROOTFS.test(instruction);
}

/** Returns the text about files that are stored more than once. The example fits where most of the bytes are. */
export function duplicateText({ layers }: Union, files: FileGroup): AdviceText {
  let inNodeModules = 0;
  files.each((layer, entry, bytes) => {
    const changeset = layers[layer];
    if (changeset !== undefined && isInNodeModules(pathOf(changeset, entry))) inNodeModules += bytes;
  });
  const problem = 'files are stored more than once, under other paths or by other layers';
  return inNodeModules * 2 > files.bytes
    ? { problem, fix: 'let npm share equal packages', example: 'RUN npm dedupe' }
    : {
        problem,
        fix: 'store each file once, and link to it in the same RUN',
        example: 'RUN COMMAND && ln -f SRC DST',
      };
}

function isInNodeModules(path: Uint8Array): boolean {
  return Buffer.from(path.buffer, path.byteOffset, path.byteLength).includes('node_modules/');
}
