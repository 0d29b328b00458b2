import { END, header, join } from '@layers/testing/raw-tar';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { memory } from '../support/read.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe('without WebAssembly', () => {
  it.each([
    ['where there is none', undefined],
    [
      'where a page forbids it',
      {
        Module: class {
          constructor() {
            throw new Error('refused by the security policy');
          }
        },
        Instance: class {},
      },
    ],
  ])('a walk reads entries one by one: %s', async (_, replacement) => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', replacement);
    const { TarWalk } = await import('../../src/walk.ts');
    const walk = new TarWalk(memory(join(header({ name: 'a' }), END)), { usesKernel: true });
    expect(walk.plainEntries()).toBeNull();
    expect(walk.next()?.headerOffset).toBe(0);
    expect(walk.next()).toBeNull();
    walk.close();
  });
});
