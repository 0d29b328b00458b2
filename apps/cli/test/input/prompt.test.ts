import { PassThrough, type Readable, type Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askForLine, askForSecret } from '../../src/input/prompt.ts';

/** Returns a stream with the type of a process stream. */
function asTerminal(stream: Readable | Writable) {
  const key: string = 'stream';
  return Reflect.get({ stream }, key);
}

function terminal() {
  const [stdin, stderr] = [new PassThrough(), new PassThrough()];
  const controller = new AbortController();
  // Versions of Node differ in how much `read` returns.
  let text = '';
  stderr.on('data', (chunk) => {
    text += String(chunk);
  });
  return {
    stdin,
    /** Returns what was shown since the last call. */
    shown(): string {
      const shown = text;
      text = '';
      return shown;
    },
    controller,
    streams: { stdin: asTerminal(stdin), stderr: asTerminal(stderr), signal: controller.signal },
  };
}

describe('a question on a terminal', () => {
  it('shows what is typed, but no secret', async () => {
    const { stdin, shown, streams } = terminal();
    const name = askForLine('Username: ', streams);
    stdin.write('me\r');
    expect(await name).toBe('me');
    expect(shown()).toContain('me');
    const password = askForSecret('Password: ', streams);
    stdin.write('top secret\r');
    expect(await password).toBe('top secret');
    expect(shown()).toBe('Password: \n');
  });

  it('ends where the input ends', async () => {
    const { stdin, streams } = terminal();
    const answer = askForLine('Username: ', streams);
    stdin.end();
    expect(await answer).toBe('');
  });

  it('is given up when the command is interrupted', async () => {
    const { controller, streams } = terminal();
    const answer = askForSecret('Password: ', streams);
    controller.abort(new Error('interrupted'));
    await expect(answer).rejects.toThrow('interrupted');
  });
});
