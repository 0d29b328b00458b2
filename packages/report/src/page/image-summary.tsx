import type { Advice } from '@layers/insight/advise';
import { humanBytes } from '../view/format.js';
import { capital, savingsText, shortStep, storyOf, withoutAdvice } from '../view/story.js';
import type { Place } from './place.js';
import { Statements } from './statements.js';
import { Prose, Text } from './text.js';

const FIRST_ADVICE = 3;

/** Why the image is as large as it is, and what to change, in words. */
export function ImageSummary({ place }: { readonly place: Place }) {
  return (
    <section class="summary">
      <Statements
        title="Why it is this large"
        statements={storyOf(place.facts, place.contents)}
        place={place}
      />
      <Advices place={place} />
    </section>
  );
}

function Advices({ place }: { readonly place: Place }) {
  const title = 'What to change';
  const advice = place.facts.advice?.advice ?? [];
  if (advice.length === 0)
    return (
      <Statements title={title} statements={[withoutAdvice(place.facts, place.isPartial)]} place={place} />
    );
  return (
    <div>
      <h2>{title}</h2>
      <AdviceList advice={advice} place={place} />
      {savingsText(place.facts)}
    </div>
  );
}

function AdviceList({ advice, place }: { readonly advice: readonly Advice[]; readonly place: Place }) {
  const [first, rest] = [advice.slice(0, FIRST_ADVICE), advice.slice(FIRST_ADVICE)];
  return (
    <>
      <ol>
        {first.map((each) => (
          <AdviceItem key={each.problem} advice={each} place={place} />
        ))}
      </ol>
      {rest.length === 0 ? null : (
        <details>
          <summary>{rest.length} more</summary>
          <ol start={FIRST_ADVICE + 1}>
            {rest.map((each) => (
              <AdviceItem key={each.problem} advice={each} place={place} />
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function AdviceItem({ advice, place }: { readonly advice: Advice; readonly place: Place }) {
  const { problem, fix, example, savableBytes, storedBy, wastedBy } = advice;
  const steps = [
    ...storedBy.slice(0, 2).map((step) => ({ ...step, word: 'stored by' })),
    ...(wastedBy === null ? [] : [{ ...wastedBy, word: 'wasted by' }]),
  ];
  return (
    <li>
      <p>
        <Prose>{capital(problem)}</Prose>
        {savableBytes > 0 ? <strong class="saves"> saves {humanBytes(savableBytes)}</strong> : null}
      </p>
      <p class="fix">
        <Prose>{capital(fix)}</Prose>
      </p>
      {example === null ? null : (
        <code class="example">
          <Text most={400}>{example}</Text>
        </code>
      )}
      {steps.map(({ word, layer, instruction }) => (
        <p class="step" key={`${word} ${layer}`}>
          {word}{' '}
          <a href={place.hrefOf(0, { layer, zoom: 0 })}>
            layer {layer}
            {instruction === null ? null : (
              <>
                : <Text>{shortStep(instruction)}</Text>
              </>
            )}
          </a>
        </p>
      ))}
    </li>
  );
}
