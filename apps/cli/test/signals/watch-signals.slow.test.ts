import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('busy-loop.mjs', import.meta.url));

function interrupted(caller: string, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [script, caller]);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
    if (output.stdout === 'busy\n') child.kill(signal);
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, ...output }));
  });
}

describe('watchSignals', () => {
  it.each([
    ['timer', 'SIGINT', 130],
    ['immediate', 'SIGTERM', 143],
    ['promise', 'SIGINT', 130],
    ['handler', 'SIGTERM', 143],
  ] as const)('ends work without pauses in a %s at %s with %i', async (caller, signal, status) => {
    expect(await interrupted(caller, signal)).toEqual({
      status,
      stdout: expect.stringMatching(/^busy\n(busy\n)?cleaned up\n$/),
      stderr: '',
    });
  });
});
