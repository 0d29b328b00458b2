import { layerTar, type ReadImage, type ReadLayer } from '@layers/core/image';
import { LayersError } from '@layers/errors';

/** Reads a layer's uncompressed tar. */
export interface LayerCursor {
  /**
   * Reads at least one byte from a position of the tar into `target`. Positions must ascend if `isSeekable` is false.
   * Throws the errors of damaged layers.
   */
  read(target: Uint8Array, position: number): number | Promise<number>;
  close(): Promise<void>;
}

/** Opens a layer of an image: by position if it is uncompressed and no stream, else as a stream. */
export function openCursor(image: ReadImage, position: number): LayerCursor {
  const layer = image.layers[position];
  if (layer === undefined) throw new RangeError(`there is no layer ${position}`);
  if (isSeekable(layer) && layer.bytes?.from === 'source') {
    const source = layer.bytes.source.open();
    return {
      read(target, at) {
        const count = source.read(target, at);
        if (count === 0) throw changed(position);
        return count;
      },
      close: async () => source.close(),
    };
  }
  return streamCursor(layerTar(image, layer), position);
}

/** Returns whether the layer's tar can be read by position: it is uncompressed and no stream. */
export function isSeekable({ bytes, index }: ReadLayer): boolean {
  return bytes?.from === 'source' && index?.compression === null;
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

/** Returns the error for a layer that is shorter than when it was indexed. */
function changed(position: number): LayersError {
  return new LayersError('ERR_LAYERS_INPUT_CHANGED', `layer ${position} became shorter while it was read`, {
    hint: 'another process writes to the archive: try again when it is done',
  });
}
