import { useMemo } from 'preact/hooks';
import type { Place } from './place.js';
import { Text } from './text.js';

/** The layers with their instructions, each with a bar of its size. A click shows one layer alone. */
export function LayersPane({ place }: { readonly place: Place }) {
  const { views, facts, paths, contents } = place;
  const rows = useMemo(() => views.layerRows(facts, paths), [views, facts, paths]);
  const { layer: chosen } = place.shown;
  const all = contents.setOf(-1);
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
          <span class="size">{all.textBetween(0, all.items.length)}</span>
        </span>
      </button>
      <ol>
        {rows.map(({ layer, label, step, size, title, waste, bar }) => (
          <li key={layer}>
            <button
              type="button"
              class="layer"
              aria-pressed={chosen === layer}
              onClick={() => place.show({ layer: chosen === layer ? -1 : layer })}
            >
              <span class="row">
                <span class="number">{label}</span>
                <span class="step">
                  <Text>{step}</Text>
                </span>
                <span class="size">{size}</span>
              </span>
              <span class="bar" title={title}>
                {bar.map(({ share, colour }) => (
                  <span key={colour} style={{ width: `${share * 100}%`, background: `var(${colour})` }} />
                ))}
              </span>
              <span class="waste-note">{waste}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
