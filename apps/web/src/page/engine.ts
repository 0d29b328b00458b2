import type { Answer, Problem, Progress, Request, Results } from '../messages/messages.js';

/** The bundled engine as text, which the build puts here. */
declare const LAYERS_ENGINE: string;

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

/** Reads images in a worker. */
export class Engine {
  readonly #onProgress: (progress: Progress) => void;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  #onReady = (): void => undefined;
  #last = 0;

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
    // A worker of a Blob has the security policy of the page; one of a file has what the server sends with it.
    this.#ready = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    const url = URL.createObjectURL(new Blob([LAYERS_ENGINE], { type: 'text/javascript' }));
    this.#worker = new Worker(url);
    URL.revokeObjectURL(url);
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#receive(data);
    this.#worker.onerror = ({ message }) => this.#fail(message);
  }

  /** Resolves to the result. Rejects with a Failure. */
  ask<Asked extends Request>(request: Asked): Promise<Results[Asked['do']]>;
  ask(request: Request): Promise<Results[keyof Results]> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      void this.#ready.then(() => this.#worker.postMessage({ id, request }));
    });
  }

  /** Stops at once, whatever it does. It cannot be asked afterwards. */
  stop(): void {
    this.#worker.terminate();
    this.#waiting.clear();
  }

  #receive(answer: Answer): void {
    if ('isReady' in answer) {
      this.#onReady();
      return;
    }
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
