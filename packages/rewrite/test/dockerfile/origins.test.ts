import { describe, expect, test } from 'vitest';
import { execForm } from '../../src/dockerfile/exec-form.ts';
import { parseHealthcheckOption } from '../../src/dockerfile/health-check.ts';
import { parseInstructions } from '../../src/dockerfile/parse-instructions.ts';
import { parsePorts } from '../../src/dockerfile/ports.ts';
import { checkedStopSignal } from '../../src/dockerfile/stop-signal.ts';

const refused = expect.objectContaining({ code: 'ERR_LAYERS_DOCKERFILE', hint: expect.any(String) });

/** An instruction follows Docker; an option refuses text that its author expects to mean something else. */
describe('text of an option and of an instruction', () => {
  test.each(['127.0.0.1:8080:80', '8080:80', '0', '80/', '80/tcp/udp', '000080'])('port %j', (port) => {
    expect(parsePorts(port)).toHaveLength(1);
    expect(() => parsePorts(port, 'option')).toThrow(refused);
  });

  test.each(['["a"', '[a]', '["a", b]'])('command %j', (command) => {
    expect(execForm(command)).toBeUndefined();
    expect(() => execForm(command, 'option')).toThrow(refused);
  });

  test('a shell test is shell form in both', () => {
    for (const command of ['[ -f x ] && y', '[[ -f x ]]']) {
      expect([execForm(command), execForm(command, 'option')]).toEqual([undefined, undefined]);
    }
  });

  test('signals of other systems than Linux', () => {
    expect(checkedStopSignal('SIGINFO', 'option')).toBe('SIGINFO');
    expect(() => checkedStopSignal('SIGINFO')).toThrow(refused);
    for (const signal of ['0', '65', 'SIG TERM', 'BOGUS', 'SIGSIGTERM', 'TERM1']) {
      expect(() => checkedStopSignal(signal, 'option')).toThrow(refused);
    }
  });

  test('times and retries of 0 in a health check', () => {
    expect(parseHealthcheckOption('--timeout=0s --retries=0 CMD x')).toEqual({
      Test: ['CMD-SHELL', 'x'],
      Timeout: 0,
      Retries: 0,
    });
    for (const flag of ['--timeout=0s', '--retries=0']) {
      expect(() => parseInstructions([`HEALTHCHECK ${flag} CMD x`])).toThrow(refused);
    }
  });

  test('CMD may be left out of a health check, and counts in capitals only', () => {
    expect(parseHealthcheckOption('cmd x')).toEqual({ Test: ['CMD-SHELL', 'cmd x'] });
    expect(parseInstructions(['HEALTHCHECK cmd x']).healthcheck).toEqual({ Test: ['CMD-SHELL', 'x'] });
  });
});
