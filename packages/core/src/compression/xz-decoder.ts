import { LayersError } from '@layers/errors';
import { type Decoder, formatError } from './decoder.js';

/** The exports of the WebAssembly module in xz-decompress. Its stream class does not offer all of them. */
interface XzExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, bytes: number): void;
  get_next_output(context: number): number;
}

/** The fields at the start of a context, in units of four bytes. */
const WORD = { bufferBytes: 0, input: 1, inputAt: 2, inputBytes: 3, output: 4, outputBytes: 5 } as const;
const WORDS = 6;

const OK = 0;
const STREAM_END = 1;
const UNSUPPORTED_CHECK = 2;
const MEMORY = 3;
const MEMORY_LIMIT = 4;
const FORMAT = 5;
const OPTIONS = 6;
const NO_PROGRESS = 8;

function isExports(value: unknown): value is XzExports {
  if (typeof value !== 'object' || value === null) return false;
  const functions = ['create_context', 'destroy_context', 'supply_input', 'get_next_output'];
  return (
    propertyOf(Reflect.get(value, 'memory'), 'buffer') instanceof ArrayBuffer &&
    functions.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}

function propertyOf(value: unknown, name: string): unknown {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return holds ? Reflect.get(value, name) : undefined;
}

let loading: Promise<unknown> = Promise.resolve();

/** Creates an instance, so that its memory is freed with the decoder and streams are independent. */
async function instantiate(): Promise<XzExports> {
  const library: unknown = await import('xz-decompress');
  const stream =
    propertyOf(library, 'XzReadableStream') ?? propertyOf(propertyOf(library, 'default'), 'XzReadableStream');
  const load = propertyOf(stream, '_getModuleInstance');
  if (typeof load === 'function') await Reflect.apply(load, stream, []);
  const exports = propertyOf(propertyOf(stream, '_moduleInstance'), 'exports');
  if (isExports(exports)) return exports;
  throw new LayersError('ERR_LAYERS_ENGINE_MISSING', 'this version of xz-decompress cannot be used', {
    hint: 'decompress the file with `xz -d` first',
  });
}

function unsupported(what: string, offset: number): LayersError {
  const message = `xz: ${what} (compressed byte ${offset})`;
  return new LayersError('ERR_LAYERS_XZ_UNSUPPORTED', message, {
    hint: 'decompress it with `xz -d` first, or pipe it: `xz -dc <file> | …`',
    offset,
  });
}

function failure(code: number, offset: number): LayersError {
  if (code === MEMORY || code === MEMORY_LIMIT)
    return unsupported('the dictionary is larger than 64 MiB', offset);
  if (code === OPTIONS || code === UNSUPPORTED_CHECK) {
    return unsupported('a filter or integrity check is not supported', offset);
  }
  if (code === FORMAT) return formatError('ERR_LAYERS_XZ_CORRUPT', 'not xz data', offset);
  return formatError('ERR_LAYERS_XZ_CORRUPT', 'damaged data', offset);
}

/**
 * Creates a decoder of xz files: LZMA2 with dictionaries of up to 64 MiB; CRC32 and CRC64, which it verifies, or no
 * check; concatenated streams and padding. Takes up to 70 MB outside of the heap, depending on the dictionary.
 *
 * Throws ERR_LAYERS_XZ_CORRUPT, _TRUNCATED, _UNSUPPORTED.
 */
export async function xzDecoder(): Promise<Decoder> {
  const mine = loading.then(instantiate);
  loading = mine.catch(() => undefined);
  const xz = await mine;
  const context = xz.create_context();
  const words = () => new Uint32Array(xz.memory.buffer, context, WORDS);
  const word = (index: number) => words()[index] ?? 0;
  const inputStart = word(WORD.input);
  const outputStart = word(WORD.output);
  const room = word(WORD.bufferBytes);
  let offset = 0;
  let closed = false;

  function* decode(part: Uint8Array): Generator<Uint8Array> {
    new Uint8Array(xz.memory.buffer, inputStart, room).set(part);
    xz.supply_input(context, part.length);
    for (;;) {
      const code = xz.get_next_output(context);
      const produced = word(WORD.outputBytes);
      if (code !== OK && code !== STREAM_END) throw failure(code, offset + word(WORD.inputAt));
      words()[WORD.outputBytes] = 0;
      if (code === STREAM_END) return;
      if (produced > 0) yield new Uint8Array(xz.memory.buffer, outputStart, produced);
      if (word(WORD.inputAt) === word(WORD.inputBytes) && produced < room) return;
    }
  }

  return {
    engine: 'xz-decompress',
    *feed(chunk) {
      for (let at = 0; at < chunk.length; at += room) {
        const part = chunk.subarray(at, at + room);
        yield* decode(part);
        offset += part.length;
      }
    },
    finish() {
      // Empty input is the end for the decoder; only then does it report whether the stream is complete.
      xz.supply_input(context, 0);
      let code = OK;
      for (let attempt = 0; code === OK && attempt < 2; attempt++) code = xz.get_next_output(context);
      if (code === STREAM_END) return [];
      if (code !== OK && code !== NO_PROGRESS) throw failure(code, offset);
      throw formatError('ERR_LAYERS_XZ_TRUNCATED', 'unexpected end of data', offset);
    },
    close() {
      if (!closed) xz.destroy_context(context);
      closed = true;
    },
  };
}
