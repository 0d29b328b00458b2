import { setImmediate } from 'node:timers/promises';

/** Lets the event loop run once. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}
