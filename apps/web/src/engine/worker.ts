import type { Answer, Request } from '../messages/messages.js';
import { problemOf } from './problem-of.js';
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

/** One request at a time: all are about the image that was read last. */
let running: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<{ readonly id: number; readonly request: Request }>) => {
  running = running.then(() => answer(data.id, data.request));
});

send({ isReady: true });

async function answer(id: number, request: Request): Promise<void> {
  try {
    send({ id, result: await session.answer(request) });
  } catch (error) {
    send({ id, problem: problemOf(error) });
  }
}

function send(answer: Answer): void {
  self.postMessage(answer);
}
