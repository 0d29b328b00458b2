import { comparisonStory } from '../view/comparison-story.js';
import { counted, humanBytes } from '../view/format.js';
import { layerPairs } from '../view/layer-pairs.js';
import { shortStep } from '../view/story.js';
import type { Place } from './place.js';
import { Statements } from './statements.js';
import { Text } from './text.js';

/** What differs in two images, in words. */
export function ComparisonSummary({ place }: { readonly place: Place }) {
  const { facts, contents } = place;
  const { comparison } = facts;
  if (comparison === null) return null;
  return (
    <section class="summary">
      <Statements
        title="What changed"
        statements={comparisonStory(facts, comparison, contents)}
        place={place}
      />
      <div>
        <h2>Which layers changed</h2>
        <Steps place={place} />
      </div>
    </section>
  );
}

const MOST_STEPS = 12;

function Steps({ place }: { readonly place: Place }) {
  const steps = layerPairs(place.facts).filter(({ change }) => change !== '= the same');
  return (
    <>
      <ul class="steps">
        {steps.slice(0, MOST_STEPS).map(({ change, a, b, stored, instruction }) => (
          <li key={`${a} ${b}`}>
            {change}:{' '}
            <a href={place.hrefOf(0, { layer: b ?? -1, zoom: 0 })}>
              layer {b ?? a}, {humanBytes(stored)} as stored
              <Text>{instruction === null ? '' : `: ${shortStep(instruction)}`}</Text>
            </a>
          </li>
        ))}
      </ul>
      {steps.length > MOST_STEPS ? (
        <a href={place.hrefOf(0, { table: 'layers' })} aria-controls="tables">
          {counted(steps.length - MOST_STEPS, 'more layer')}
        </a>
      ) : null}
    </>
  );
}
