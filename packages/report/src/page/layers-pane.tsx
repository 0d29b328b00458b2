import { layerColour } from '../view/colours.js';
import { humanBytes, roundPercent } from '../view/format.js';
import { shortStep } from '../view/story.js';
import type { Place } from './place.js';
import { Text } from './text.js';

/** The layers with their instructions, each with a bar of its size. A click shows one layer alone. */
export function LayersPane({ place }: { readonly place: Place }) {
  const { layers, totals } = place.facts.inspect;
  const largest = Math.max(1, ...layers.map(({ contentBytes }) => contentBytes));
  const { layer: chosen } = place.shown;
  return (
    <nav class="layers" aria-label="Layers">
      <h2>Layers</h2>
      <button
        type="button"
        class="layer"
        aria-pressed={chosen === -1}
        onClick={() => place.show({ layer: -1 })}
      >
        <span class="row">
          <span class="number">all</span>
          <span class="size">{humanBytes(totals.contentBytes)}</span>
        </span>
      </button>
      <ol>
        {layers.map(({ layer, contentBytes, wastedBytes, instruction }) => (
          <li key={layer}>
            <button
              type="button"
              class="layer"
              aria-pressed={chosen === layer}
              onClick={() => place.show({ layer: chosen === layer ? -1 : layer })}
            >
              <span class="row">
                <span class="number">{layer}</span>
                <span class="step">
                  {instruction === null ? 'no instruction' : <Text>{shortStep(instruction)}</Text>}
                </span>
                <span class="size">{humanBytes(contentBytes)}</span>
              </span>
              <span
                class="bar"
                title={`${roundPercent(totals.contentBytes === 0 ? 0 : contentBytes / totals.contentBytes)} of all contents; ${humanBytes(wastedBytes)} of them wasted`}
              >
                <span
                  class="used"
                  style={{
                    width: `${((contentBytes - wastedBytes) / largest) * 100}%`,
                    background: `var(${layerColour(layer)})`,
                  }}
                />
                <span class="wasted" style={{ width: `${(wastedBytes / largest) * 100}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
