import { LayersError } from '@layers/errors';
import { describe, expect, it } from 'vitest';
import { withInputs } from '../../src/input/inputs.ts';
import type { Session } from '../../src/session.ts';

const { stdin, stdout, stderr } = process;
const session: Session = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };

describe('withInputs', () => {
  it('closes in reverse order, also after an error', async () => {
    const closed: string[] = [];
    const work = (fails: boolean) =>
      withInputs({}, session, async (inputs) => {
        inputs.defer(() => void closed.push('lease'));
        inputs.defer(async () => void closed.push('file'));
        if (fails) throw new Error('no luck');
        return closed.length;
      });
    expect([await work(false), closed]).toEqual([0, ['file', 'lease']]);
    await expect(work(true)).rejects.toThrow('no luck');
    expect(closed).toEqual(['file', 'lease', 'file', 'lease']);
  });

  it('closes the others if closing one fails', async () => {
    const closed: string[] = [];
    const work = withInputs({}, session, async (inputs) => {
      inputs.defer(() => void closed.push('lease'));
      inputs.defer(() => {
        throw new Error('busy');
      });
    });
    await expect(work).rejects.toThrow('busy');
    expect(closed).toEqual(['lease']);
  });

  it('translates errors in reverse order', async () => {
    const place = (archive: string) => (error: unknown) =>
      new LayersError('ERR_LAYERS_READ', `${archive} of ${error instanceof Error ? error.message : ''}`);
    const work = withInputs({}, session, async (inputs) => {
      inputs.explainWith(place('outer'));
      inputs.explainWith(place('inner'));
      throw new Error('x');
    });
    await expect(work).rejects.toThrow('outer of inner of x');
  });
});
