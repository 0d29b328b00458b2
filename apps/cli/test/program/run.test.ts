import { LayersError } from '@layers/errors';
import { describe, expect, it, vi } from 'vitest';
import { run } from '../../src/program/run.ts';
import type { Session } from '../../src/session.ts';

const failure = vi.hoisted(() => ({ error: undefined as unknown }));
vi.mock('../../src/commands/history.ts', () => ({
  history: () => {
    throw failure.error;
  },
}));

/** Runs `layers history` with a handler that throws `error`. */
async function runThrowing(error: unknown, ...options: readonly string[]) {
  failure.error = error;
  const { stdin, stdout, stderr } = process;
  const write = vi.spyOn(stderr, 'write').mockReturnValue(true);
  try {
    const session: Session = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
    const status = await run(['history', 'app.tar', '--color', 'never', ...options], session);
    return { status, text: write.mock.calls.map(([text]) => String(text)).join('') };
  } finally {
    write.mockRestore();
  }
}

describe('a handler that throws', () => {
  it('ends with status 70 and asks for a report where the error is not ours', async () => {
    const { status, text } = await runThrowing(new TypeError('x is undefined'));
    expect(status).toBe(70);
    expect(text).toBe(
      'error: TypeError: x is undefined [ERR_LAYERS_INTERNAL]\n' +
        'hint: this is a bug in layers: report it with the command line and the trace; -v shows it\n',
    );
  });

  it('shows the trace of a bug with -v', async () => {
    const { status, text } = await runThrowing(new RangeError('x'), '-v');
    expect([status, text]).toEqual([70, expect.stringContaining('run.test.ts')]);
  });

  it('ends with 70 for ERR_LAYERS_INTERNAL, and with the status of every other code of ours', async () => {
    expect((await runThrowing(new LayersError('ERR_LAYERS_INTERNAL', 'x'))).status).toBe(70);
    expect((await runThrowing(new LayersError('ERR_LAYERS_READ', 'x'))).status).toBe(3);
    expect((await runThrowing(new LayersError('ERR_LAYERS_SPOOL', 'x'))).status).toBe(4);
  });
});
