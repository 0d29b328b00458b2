import { changesetOf } from '@layers/core/image';
import { memorySource } from '@layers/core/io';
import { PathEvents } from '@layers/insight/events';
import { readOne } from '@layers/testing/analysed';
import { layerStack } from '@layers/testing/arbitrary-layers';
import { ociArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { expect, test } from 'vitest';

function everythingIn(events: PathEvents) {
  const { nodes } = events.union;
  return {
    paths: Array.from({ length: nodes.count }, (_, node) => [nodes.parentOf(node), nodes.isLive(node)]),
    events: Array.from({ length: events.count }, (_, event) => [
      events.nodeOf(event),
      events.at(event),
      events.previousOf(event),
    ]),
    last: Array.from({ length: nodes.count }, (_, node) => events.lastOf(node)),
    names: events.union.names,
    changes: events.union.changes,
  };
}

test('the events of lower layers can be continued with those of the others, and stay as they are', async () => {
  await fc.assert(
    fc.asyncProperty(layerStack, fc.nat({ max: 4 }), async (stack, part) => {
      const image = await readOne({ source: memorySource(ociArchive(stack)), path: 'image.tar' });
      const layers = image.layers.map(changesetOf);
      const lower = new PathEvents(layers.slice(0, part));
      const before = everythingIn(lower);
      const whole = new PathEvents(layers, lower);
      expect(everythingIn(whole)).toEqual(everythingIn(new PathEvents(layers)));
      expect(everythingIn(lower)).toEqual(before);
    }),
    { numRuns: runs(50, 1000) },
  );
});
