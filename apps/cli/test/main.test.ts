import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';

describe('--version', () => {
  it('is printed without loading anything but modules of Node', () => {
    const built = readFileSync(new URL('../dist/main.cjs', import.meta.url), 'utf8');
    const required = [...built.matchAll(/\b(?:require|import)\(["']([^"']+)["']\)/g)].map(
      ([, name = '']) => name,
    );
    const foreign = required.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    expect(foreign).toEqual([]);
    expect(built.indexOf('"--version"')).toBeLessThan(built.indexOf('./run-process.cjs'));
    expect(built.length).toBeLessThan(10_000);
  });
});
