import type { Answer, Problem, Progress, Request, Results } from '../messages/messages.js';
import { decodeSevenBits } from './seven-bits.js';

/** The bundled engine, compressed (RFC 1951), and its length, which the build puts here. */
declare const LAYERS_ENGINE: string;
declare const LAYERS_ENGINE_BYTES: number;

/** A request that failed. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Waiting {
  resolve(result: Results[keyof Results]): void;
  reject(error: Error): void;
}

/** The code of the worker: it is decompressed once. */
let code: Promise<Blob> | null = null;

/** Reads images in a worker. */
export class Engine {
  readonly #onProgress: (progress: Progress) => void;
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves when the worker can be asked. */
  readonly #ready: Promise<Worker>;
  #isStopped = false;
  #last = 0;

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.#ready = this.#start();
    this.#ready.catch((error: unknown) => this.#fail(String(error)));
  }

  /** Resolves to the result. Rejects with a Failure. Of a stopped engine, never settles. */
  ask<Asked extends Request>(request: Asked): Promise<Results[Asked['do']]>;
  ask(request: Request): Promise<Results[keyof Results]> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      void this.#ready.then((worker) => worker.postMessage({ id, request }));
    });
  }

  /** Stops at once, whatever it does. It cannot be asked afterwards. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
    void this.#ready.then((worker) => worker.terminate());
  }

  async #start(): Promise<Worker> {
    code ??= engineCode();
    // A worker of a Blob has the security policy of the page; one of a file has what the server sends with it.
    const url = URL.createObjectURL(await code);
    const worker = new Worker(url);
    URL.revokeObjectURL(url);
    return new Promise((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ('isReady' in data) resolve(worker);
        else if (!this.#isStopped) this.#receive(data);
      };
      worker.onerror = ({ message }) => this.#fail(message);
    });
  }

  #receive(answer: Exclude<Answer, { readonly isReady: true }>): void {
    if ('progress' in answer) {
      this.#onProgress(answer.progress);
      return;
    }
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('problem' in answer) waiting?.reject(new Failure(answer.problem));
    else waiting?.resolve(answer.result);
  }

  /** A fault that is in no answer, such as too little memory. */
  #fail(message: string): void {
    const problem = {
      code: 'ERR_LAYERS_INTERNAL',
      message: message || 'the engine stopped',
      hint: 'the image may need more memory than the browser has',
      archive: null,
      file: null,
      offset: null,
    };
    for (const { reject } of this.#waiting.values()) reject(new Failure(problem));
    this.#waiting.clear();
  }
}

async function engineCode(): Promise<Blob> {
  const deflated = decodeSevenBits(LAYERS_ENGINE, LAYERS_ENGINE_BYTES);
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Blob([await new Response(stream).arrayBuffer()], { type: 'text/javascript' });
}
