import type { WastedGroup } from './wasted-groups.js';

/** What is wrong, and what to do. */
export interface AdviceText {
  readonly problem: string;
  readonly fix: string;
  readonly example: string | null;
}

/**
 * Returns the text about wasted contents.
 *
 * @param storedBy the instruction that stored the most of them
 * @param wastedBy the instruction that made them unreachable
 * @param isOfBase whether the most of them are in the base image
 */
export function wastedText(
  { code }: WastedGroup,
  storedBy: string | null,
  wastedBy: string | null,
  isOfBase: boolean,
): AdviceText {
  if (isOfBase && code !== 'upgraded-packages') {
    return {
      problem: 'files of the base image are stored, but removed or replaced here',
      fix: 'choose a base image without these files, or leave them as they are',
      example: null,
    };
  }
  if (code === 'changed-attributes') return attributesText(storedBy, wastedBy);
  if (code === 'deleted-later') return deletedText(storedBy);
  if (code === 'upgraded-packages') {
    return {
      problem: 'packages are upgraded here, so that the old and the new version are stored',
      fix: 'start from a newer base image, and install only what is missing',
      example: 'docker build --pull .',
    };
  }
  return {
    problem: 'files are replaced here, so that the old and the new content are stored',
    fix: 'write each file once: change it in the instruction that stores it, or copy the final version',
    example: null,
  };
}

const COPIES = /^(?:COPY|ADD)\b/i;

function attributesText(storedBy: string | null, wastedBy: string | null): AdviceText {
  const command = /\b(chown|chmod|chgrp|touch|setcap|cp|mv)\b/.exec(wastedBy ?? '')?.[1];
  const problem =
    command === undefined
      ? 'files are stored a second time with the same content, because their attributes changed'
      : `\`${command}\` stores files a second time with the same content`;
  const isCopied = COPIES.test(storedBy ?? '');
  if (isCopied && (command === 'chown' || command === 'chgrp')) {
    return {
      problem,
      fix: 'set the owner while the files are copied',
      example: `COPY --chown=${ownerIn(wastedBy)} SRC DST`,
    };
  }
  if (isCopied && command === 'chmod') {
    return {
      problem,
      fix: 'set the permissions while the files are copied',
      example: `COPY --chmod=${modeIn(wastedBy)} SRC DST`,
    };
  }
  return {
    problem,
    fix: isCopied
      ? 'store the files with their final attributes'
      : 'change the attributes in the RUN that writes the files',
    example: command === undefined ? null : `RUN make install && ${command} ${ELLIPSIS}`,
  };
}

const ELLIPSIS = '…';

/** Returns the owner that a `chown` sets, for the example. */
function ownerIn(instruction: string | null): string {
  return /\bch(?:own|grp)\s+(?:-\S+\s+)*([\w.:-]{1,60})/.exec(instruction ?? '')?.[1] ?? 'USER:GROUP';
}

/** Returns the mode that a `chmod` sets, for the example. `COPY` takes numbers only. */
function modeIn(instruction: string | null): string {
  return /\bchmod\s+(?:-\S+\s+)*([0-7]{3,4})\b/.exec(instruction ?? '')?.[1] ?? '755';
}

function deletedText(storedBy: string | null): AdviceText {
  const problem = 'files are removed here, but stay in the layer that stored them';
  return COPIES.test(storedBy ?? '')
    ? {
        problem,
        fix: 'do not copy them: name them in .dockerignore, use them by a bind mount during the RUN, or build in another stage',
        example: 'RUN --mount=type=bind,source=SRC,target=/src COMMAND',
      }
    : {
        problem,
        fix: 'remove them in the same RUN that writes them',
        example: 'RUN COMMAND && rm -rf PATH',
      };
}
