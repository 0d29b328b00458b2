import { allFindings } from '@layers/core/analysis';
import { computableAlgorithmOf } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import {
  changesetOf,
  errorOf,
  layerMismatch,
  type ReadImage,
  type ReadLayer,
  type VerifyOptions,
} from '@layers/core/image';
import { type Union, uniteLayers } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';

/**
 * Checks that an image can be rewritten. Throws ERR_LAYERS_LAYER_MISSING for a layer that the archive lacks, unless
 * `allowsAbsent` is set and the layer is not distributable,
 * ERR_LAYERS_BLOB_MISMATCH for a layer whose digest is wrong unless `onMismatch` is given, and the error of a damaged
 * layer.
 */
export function requireComplete(
  image: ReadImage,
  {
    onMismatch,
    allowsAbsent = false,
  }: Pick<VerifyOptions, 'onMismatch'> & { readonly allowsAbsent?: boolean | undefined } = {},
): void {
  const archive = image.archive.source.path;
  for (const layer of image.layers) {
    const { index, description, position, verified } = layer;
    const file = description.name;
    if (index === null) {
      if (allowsAbsent && description.nonDistributable) continue;
      throw new LayersError('ERR_LAYERS_LAYER_MISSING', `layer ${position} is missing from the archive`, {
        archive,
        file,
        hint: description.nonDistributable
          ? 'the layer is not distributable: its descriptor says where it is'
          : 'save the image again with all its layers',
      });
    }
    if (index.problem !== null) throw errorOf(index.problem, { archive, file });
    if (verified === false || contradictsItself(layer)) {
      if (onMismatch === undefined) throw layerMismatch(image, layer);
      onMismatch(layer);
    }
  }
}

/** Returns whether an uncompressed layer is declared with a DiffID that is not its digest. */
function contradictsItself({ index, description: { digest, diffId } }: ReadLayer): boolean {
  if (index?.compression !== null || digest === null || diffId === null) return false;
  const algorithm = computableAlgorithmOf(digest);
  return algorithm !== null && algorithm === computableAlgorithmOf(diffId) && digest !== diffId;
}

/** Returns the bytes of an image's config. Throws ERR_LAYERS_NO_CONFIG for an image from before configs existed. */
export function configBytesOf({ archive, description }: ReadImage): Uint8Array {
  if (description.configBytes !== null) return description.configBytes;
  throw new LayersError(
    'ERR_LAYERS_NO_CONFIG',
    'the image has no config, because it predates image configs',
    {
      archive: archive.source.path,
      hint: 'load it with Docker before version 29, and save it again',
    },
  );
}

const unions = new WeakMap<ReadImage, Union>();

/** Returns the union of an image's layers. The same image has one union, because merging large layers takes long. */
export function unionOf(image: ReadImage): Union {
  const known = unions.get(image);
  if (known !== undefined) return known;
  const union = uniteLayers(image.layers.map(changesetOf));
  unions.set(image, union);
  return union;
}

/** Returns all findings of an image: of the archive, its documents, its layers, and the layers on top of each other. */
export function findingsOf(image: ReadImage): readonly Finding[] {
  return allFindings({ image, union: unionOf(image) });
}
