import { isLayersError } from '@layers/errors';
import { keyOf, observed, otherwise } from '@layers/testing/docker-import-changes';
import { describe, expect, it } from 'vitest';
import { parseInstructions } from '../../src/dockerfile/parse-instructions.ts';
import { runConfigDocument } from '../../src/dockerfile/run-config.ts';

function configOf(changes: readonly string[], os?: string): unknown {
  return JSON.parse(JSON.stringify(runConfigDocument(parseInstructions(changes, os))));
}

function refusal(changes: readonly string[]): { code: string; message: string; hint: string | undefined } {
  try {
    parseInstructions(changes);
  } catch (error) {
    if (isLayersError(error)) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error(`${JSON.stringify(changes)} was taken`);
}

describe('the observed results of Docker 20.10', () => {
  const same = observed.filter(({ changes }) => !otherwise.has(keyOf(changes)));

  it.each(same.filter(({ config }) => config !== undefined))('$changes', ({ changes, config }) => {
    expect(configOf(changes)).toEqual(config);
  });

  it.each(same.filter(({ refused }) => refused !== undefined))('$changes is refused', ({ changes }) => {
    const { code, message, hint } = refusal(changes);
    expect(code).toBe('ERR_LAYERS_DOCKERFILE');
    expect(message).not.toContain('\n');
    expect(hint).not.toBe('');
  });

  it.each([...otherwise].filter(([, how]) => how === 'refused'))('%s is refused here', (text) => {
    expect(refusal([text]).code).toBe('ERR_LAYERS_DOCKERFILE');
  });
});

it("uses Docker's messages", () => {
  const words = observed.filter(({ changes, refused }) => {
    return (
      refused !== undefined && !otherwise.has(keyOf(changes)) && refusal(changes).message.includes(refused)
    );
  });
  // Messages of Go's parsers for numbers and times differ.
  expect(words.length).toBeGreaterThan(70);
});

it('names the instruction that it refuses', () => {
  expect(refusal(['ENV a=b', 'ENV a'])).toEqual({
    code: 'ERR_LAYERS_DOCKERFILE',
    message: 'cannot apply "ENV a": ENV must have two arguments',
    hint: 'write ENV NAME=value',
  });
});

it('lists the supported instructions', () => {
  expect(refusal(['RUN true']).message).toContain('run is not a valid change command');
  expect(refusal(['RUN true']).hint).toContain('CMD, ENTRYPOINT, ENV');
});

it('returns an empty config without instructions', () => {
  expect(configOf([])).toEqual({});
});

it('accepts what later versions of Docker accept', () => {
  expect(configOf(['STOPSIGNAL SIGRTMIN+3'])).toEqual({ StopSignal: 'SIGRTMIN+3' });
  expect(configOf(['ENV s=9', 'STOPSIGNAL $s'])).toEqual({ Env: ['s=9'], StopSignal: '9' });
  expect(configOf(['ENV e=', `ENV a=\${e-x} b=\${e:-x} c=\${n-x} d=\${e+x} f=\${n+x}`])).toEqual({
    Env: ['e=', 'a=', 'b=x', 'c=x', 'd=x', 'f='],
  });
  expect(configOf(['HEALTHCHECK --start-interval=5s CMD x'])).toEqual({
    Healthcheck: { Test: ['CMD-SHELL', 'x'], StartInterval: 5e9 },
  });
});

it('refuses invalid signals', () => {
  for (const signal of ['SIGFOO', '0', '65', '-1', 'SIG', 'TERM x']) {
    expect(refusal([`STOPSIGNAL ${signal}`]).message).toContain('Invalid signal');
  }
});

it('joins paths and commands as Windows does for a Windows image', () => {
  expect(configOf(['WORKDIR /app', 'WORKDIR bin', 'CMD run'], 'windows')).toEqual({
    Cmd: ['cmd', '/S', '/C', 'run'],
    WorkingDir: 'C:\\app\\bin',
  });
  expect(configOf(['# escape=`', 'WORKDIR C:\\a', 'WORKDIR c:b'], 'windows')).toMatchObject({
    WorkingDir: 'C:\\a\\c:b',
  });
  expect(() => configOf(['WORKDIR D:'], 'windows')).toThrow(/is not a directory/);
  expect(configOf(['# escape=`', 'WORKDIR d:\\x', 'WORKDIR y'], 'windows')).toEqual({
    WorkingDir: 'D:\\x\\y',
  });
});

it('sorts keys by their bytes', () => {
  const text = (changes: readonly string[]): string =>
    JSON.stringify(runConfigDocument(parseInstructions(changes)));
  expect(text(['LABEL b=1 a=2', 'EXPOSE 90 80', 'VOLUME /b /a'])).toBe(
    text(['VOLUME /a', 'EXPOSE 80', 'LABEL a=2', 'VOLUME /b', 'LABEL b=1', 'EXPOSE 90']),
  );
  expect(text(['LABEL 😀=1 ｆ=2'])).toBe('{"Labels":{"ｆ":"2","😀":"1"}}');
});

describe('hostile texts', () => {
  it('treats names such as __proto__ as ordinary names', () => {
    expect(configOf(['LABEL __proto__=x constructor=y', 'ENV a=$constructor'])).toEqual({
      Env: ['a='],
      Labels: JSON.parse('{"__proto__":"x","constructor":"y"}'),
    });
  });

  it('refuses endlessly nested defaults', () => {
    const depth = 50_000;
    const message = refusal([`ENV a=${`\${b:-`.repeat(depth)}x${'}'.repeat(depth)}`]).message;
    expect(message).toContain('nested too deep');
  });

  it.each([
    ['spaces', `ENV a=b${' '.repeat(200_000)}c=d`],
    ['quotes', `ENV a=${`''""`.repeat(50_000)}`],
    ['backslashes', `ENV a=${'\\'.repeat(200_000)}`],
    ['dollars', `ENV a=${'$'.repeat(200_000)}`],
    ['words', `VOLUME ${'a '.repeat(100_000)}`],
    ['a list that never ends', `CMD [${'"a",'.repeat(50_000)}`],
    ['a list with a long word', `CMD ["${'\\n'.repeat(100_000)}"] x`],
    ['brackets', `CMD ${'['.repeat(100_000)}`],
    ['empty lines', `CMD a \\\n${' \n'.repeat(100_000)}b`],
    ['flags', `HEALTHCHECK ${'--interval= '.repeat(20_000)} CMD x`],
  ])('is fast with many %s', { timeout: 20_000 }, (_, text) => {
    try {
      parseInstructions([text]);
    } catch (error) {
      expect(isLayersError(error) && error.code).toBe('ERR_LAYERS_DOCKERFILE');
    }
  });

  it('escapes control characters in messages', () => {
    expect(refusal(['FOO\u001b[2J x']).message).not.toContain('\u001b');
  });
});
