import type { Answer, Request, Results } from '../messages/messages.js';
import { problemOf } from './problem-of.js';
import { buffersOf } from './reports.js';
import { Session } from './session.js';

/** Between two reports of progress. */
const PROGRESS_MS = 100;

let reported = 0;
const session = new Session((progress) => {
  const now = performance.now();
  if (now - reported < PROGRESS_MS) return;
  reported = now;
  send({ progress });
});

/** One request at a time: they are about the image that was read last. Files are read beside them. */
let running: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<{ readonly id: number; readonly request: Request }>) => {
  const { id, request } = data;
  if (request.do === 'file') void answer(id, request);
  else running = running.then(() => answer(id, request));
});

send({ isReady: true });

async function answer(id: number, request: Request): Promise<void> {
  try {
    const result = await session.answer(request);
    send({ id, result }, movable(result));
  } catch (error) {
    send({ id, problem: problemOf(error) });
  }
}

function movable(result: Results[keyof Results]): ArrayBuffer[] {
  if ('columns' in result) return buffersOf(result);
  return 'report' in result ? buffersOf(result.report) : [];
}

function send(answer: Answer, moved: ArrayBuffer[] = []): void {
  self.postMessage(answer, { transfer: moved });
}
