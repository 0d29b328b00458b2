import { openArchive, selectImage } from '@layers/core/image';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';

const scratch = useScratch();

export interface Step {
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export const nop = (text: string): Step => ({ created_by: `/bin/sh -c #(nop) ${text}`, empty_layer: true });
export const empty = (created_by: string): Step => ({ created_by, empty_layer: true });
export const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
export const SUM = 'a'.repeat(64);

/** Returns the description of an image with these steps, each with a layer unless it is empty. */
export async function imageOf(history: readonly Step[], config: object = {}, os = 'linux', more = 0) {
  const count = history.filter(({ empty_layer }) => empty_layer !== true).length + more;
  const layers = Array.from({ length: count }, (_, i) =>
    buildTar([{ path: `f${i}`, data: Buffer.from('x') }]),
  );
  const image = { tags: ['a:1'], layers, config: { os, architecture: 'amd64', history, config } };
  const bytes = buildDockerArchive({ images: [image] }, { form: 'oci', compression: null });
  return selectImage(await openArchive({ path: scratch.file(bytes) }));
}

/** Splits a Dockerfile into instructions as its reference describes: comments are dropped, continued lines joined. */
export function instructionsOf(dockerfile: string): string[] {
  const lines = dockerfile.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  return lines
    .join('\n')
    .replace(/\\[ \t]*\n/g, '')
    .split('\n')
    .filter((line) => line !== '');
}
