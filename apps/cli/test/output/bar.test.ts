import { describe, expect, it } from 'vitest';
import { bar } from '../../src/output/bar.ts';

describe('a bar', () => {
  it('has eighths of columns, or whole ones in ASCII', () => {
    expect([bar(1, 4, true), bar(0.5, 4, true), bar(0.28, 4, true), bar(0, 4, true)]).toEqual([
      '████',
      '██',
      '█▏',
      '',
    ]);
    expect([bar(1, 4, false), bar(0.4, 4, false), bar(0, 4, false)]).toEqual(['####', '##', '']);
  });

  it('is never longer than its space', () => {
    for (const share of [-1, 0.99, 0.999, 1, 2]) expect(bar(share, 7, true).length).toBeLessThanOrEqual(7);
  });
});
