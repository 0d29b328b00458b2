import { layerTar, type ReadImage, type ReadLayer } from '@layers/core/image';
import { openRange } from '@layers/core/io';
import { LayersError } from '@layers/errors';

/** A layer's uncompressed tar, read forward. */
export interface LayerCursor {
  /**
   * Fills `target` from a position of the tar, as far as it can be done at once; at least one byte. Positions may
   * not go back where `isSeekable` is false. Throws what is wrong with the layer's bytes.
   */
  read(target: Uint8Array, position: number): number | Promise<number>;
  close(): Promise<void>;
}

/** Opens the layer at a position of the image: by position where it lies uncompressed in a file, else as a stream. */
export function openCursor(image: ReadImage, position: number): LayerCursor {
  const layer = image.layers[position];
  if (layer === undefined) throw new RangeError(`there is no layer ${position}`);
  if (isSeekable(layer) && layer.bytes?.from === 'range') {
    const source = openRange(layer.bytes.range);
    return {
      read(target, at) {
        const got = source.read(target, at);
        if (got === 0) throw changed(position);
        return got;
      },
      close: async () => source.close(),
    };
  }
  return streamCursor(layerTar(image, layer), position);
}

/** Whether the layer's tar can be read at any place: it lies uncompressed in a file. */
export function isSeekable({ bytes, index }: ReadLayer): boolean {
  return bytes?.from === 'range' && index?.compression === null;
}

function streamCursor(stream: AsyncGenerator<Uint8Array>, position: number): LayerCursor {
  let chunk: Uint8Array = new Uint8Array(0);
  let start = 0;
  return {
    async read(target, at) {
      if (at < start) throw new RangeError('a stream cannot go back');
      while (at >= start + chunk.length) {
        start += chunk.length;
        const next = await stream.next();
        if (next.done === true) throw changed(position);
        chunk = next.value;
      }
      const part = chunk.subarray(at - start, at - start + target.length);
      target.set(part);
      return part.length;
    },
    async close() {
      await stream.return(undefined);
    },
  };
}

/** The bytes were all there when the layer was indexed. */
function changed(position: number): LayersError {
  return new LayersError(
    'ERR_LAYERS_INPUT_CHANGED',
    `layer ${position} has become shorter while it was read`,
    {
      hint: 'something else writes the archive; try again when it is done',
    },
  );
}
