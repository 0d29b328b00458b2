import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('--version', () => {
  it('is printed without loading anything else', () => {
    const built = readFileSync(new URL('../dist/main.js', import.meta.url), 'utf8');
    expect(built).not.toMatch(/^import\b(?!\()|\bfrom\s*["']|\brequire\(/m);
    expect(built.match(/import\(["'][^"']+["']\)/g)).toEqual(['import("./run-process.js")']);
    expect(built.indexOf('--version')).toBeLessThan(built.indexOf('import('));
  });
});
