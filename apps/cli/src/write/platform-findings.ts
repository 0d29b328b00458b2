import { createFinding, type Finding } from '@layers/core/findings';
import type { ImageDescription, ReadImage } from '@layers/core/image';
import { formatPlatform, type Platform } from '@layers/core/oci';
import { platformText } from '../output/platform-text.js';

/** Finds platforms of the written images that the output lacks, because another one was chosen automatically. */
export function findLeftOutPlatforms(
  written: readonly Pick<ReadImage, 'archive' | 'description'>[],
): Finding[] {
  const kept = new Set(written.map(({ description }) => keyOf(description)));
  return written.flatMap(({ archive, description }) => {
    const left = archive.images.filter(
      (other) => !kept.has(keyOf(other)) && isOtherPlatform(description, other),
    );
    if (left.length === 0) return [];
    const platforms = left.flatMap(({ platform }) => (platform === null ? [] : [platformText(platform)]));
    const name = description.tags[0] ?? 'the image';
    const own = description.platform === null ? 'one platform' : platformText(description.platform);
    const message = `${name} is written for ${own} alone, and not for ${platforms.join(', ')}`;
    return [createFinding('platforms-left-out', message)];
  });
}

/** A description may be a copy with more fields. */
function keyOf(image: ImageDescription): unknown {
  const { manifestDigest, platform } = image;
  if (manifestDigest === null) return image;
  return `${manifestDigest} ${platform === null ? '' : formatPlatform(platform)}`;
}

/** Returns the finding about platforms of an index that are not written; none if `leftOut` is empty. */
export function leftOutFinding(
  name: string,
  own: Platform | null,
  leftOut: readonly { readonly platform: Platform | undefined; readonly digest: string }[],
): Finding[] {
  const platforms = leftOut.map(({ platform, digest }) =>
    platform === undefined ? digest : platformText(platform),
  );
  if (platforms.length === 0) return [];
  const written = own === null ? 'one platform' : platformText(own);
  const more = platforms.length > MAX_LISTED ? ` and ${platforms.length - MAX_LISTED} more` : '';
  const listed = platforms.slice(0, MAX_LISTED).join(', ');
  return [
    createFinding(
      'platforms-left-out',
      `${name} is written for ${written} alone, and not for ${listed}${more}`,
    ),
  ];
}

const MAX_LISTED = 20;

/** Returns whether two images have a name or an index in common, and are for different platforms. */
export function isOtherPlatform(a: ImageDescription, b: ImageDescription): boolean {
  if (a.platform === null || b.platform === null) return false;
  const isSameIndex = a.indexDigest !== undefined && a.indexDigest === b.indexDigest;
  const isSame = isSameIndex || a.tags.some((tag) => b.tags.includes(tag));
  return isSame && formatPlatform(a.platform) !== formatPlatform(b.platform);
}
