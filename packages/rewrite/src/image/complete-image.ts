import { changesetOf, type ReadImage } from '@layers/core/image';
import { type Union, uniteLayers } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';

/**
 * Throws where an image lacks what a rewritten one needs: ERR_LAYERS_LAYER_MISSING for a layer that the archive does
 * not carry, a damaged layer's own problem, ERR_LAYERS_NO_CONFIG for an image from before configs.
 */
export function requireComplete(image: ReadImage): void {
  const archive = image.archive.source.path;
  for (const { index, description, position, verified } of image.layers) {
    const file = description.name;
    if (index === null) {
      throw new LayersError('ERR_LAYERS_LAYER_MISSING', `layer ${position} is not in the archive`, {
        archive,
        file,
        hint: 'save the image again, with all of its layers',
      });
    }
    if (index.problem !== null) {
      const { code, message, hint, offset } = index.problem;
      throw new LayersError(code, message, {
        archive,
        file,
        hint: hint ?? undefined,
        offset: offset ?? undefined,
      });
    }
    if (verified === false) {
      throw new LayersError('ERR_LAYERS_BLOB_MISMATCH', `layer ${position} is not what its digest says`, {
        archive,
        file,
        hint: 'the copy or download is damaged; layers verify tells more',
      });
    }
  }
}

/** Throws ERR_LAYERS_NO_CONFIG where an image is older than configs, and so has no id to keep. */
export function configBytesOf({ archive, description }: ReadImage): Uint8Array {
  if (description.configBytes !== null) return description.configBytes;
  throw new LayersError(
    'ERR_LAYERS_NO_CONFIG',
    'the image is older than image configs and cannot be written anew',
    {
      archive: archive.source.path,
      hint: 'load it with a docker before version 29, and save it again',
    },
  );
}

/** The layers of an image merged. */
export function unionOf(image: ReadImage): Union {
  return uniteLayers(image.layers.map(changesetOf));
}
