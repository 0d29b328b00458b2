import { join } from 'node:path';
import type { PullCostDocument } from '@layers/insight/pull-cost';
import { examples, layers } from '@layers/testing/command';
import { expect, test } from 'vitest';
import { renderPullCost } from '../../src/render/pull-cost.ts';
import { viewOfWidth } from '../support/views.ts';

test('the column of new contents is left out where no layer was read, as in a registry', () => {
  const files = [join(examples, 'demo-oci.tar'), join(examples, 'demo.tar')];
  const read: PullCostDocument = JSON.parse(layers(['pull-cost', '--json', ...files]).stdout);
  const updates = read.updates.map((update) => ({
    ...update,
    layers: update.layers.map((layer) => ({ ...layer, newContentBytes: null })),
  }));
  const shown = (document: PullCostDocument): string =>
    [...renderPullCost(document, viewOfWidth(160))].join('');
  expect(shown(read)).toMatch(/^ +# +state +fetch +new files +instruction/m);
  expect(shown({ ...read, updates })).toMatch(/^ +# +state +fetch +instruction/m);
});
