import { cellOf } from '../view/cell.js';
import { type Child, largestChildren, versionsOf } from '../view/contents-of.js';
import { counted, humanBytes, roundPercent } from '../view/format.js';
import { layerName, layerWaste } from '../view/story.js';
import type { Place } from './place.js';
import { Text } from './text.js';

const MOST_CHILDREN = 40;

/** What is known about the selected path, and about the selected layer. */
export function Details({ place }: { readonly place: Place }) {
  const { paths, contents, selected, shown } = place;
  const set = contents.setOf(shown.layer);
  const cell = cellOf(set, selected);
  const { from, to } = cell;
  const { Versions, whole } = place.views;
  const wasted = set.wastedBetween(from, to);
  const grown = set.grownBetween(from, to);
  const versions = versionsOf(paths, selected);
  const owner = place.facts.owners[(paths.columns.owner[selected] ?? 0) - 1];
  const children = largestChildren(set, selected);
  return (
    <aside class="details" aria-label="Details">
      <h2 id="details" aria-live="polite">
        {selected === 0 ? whole : <Text>{paths.textOf(selected)}</Text>}
        {shown.layer === -1 ? null : <span class="of-layer"> in {layerName(place.facts, shown.layer)}</span>}
      </h2>
      <p>
        <strong title={counted(set.netBetween(from, to), 'byte')}>{set.textBetween(from, to)}</strong>
        {grown > 0 && grown < cell.bytes
          ? `: ${humanBytes(grown)} more, ${humanBytes(cell.bytes - grown)} less`
          : ''}
        {wasted > 0 ? `, ${humanBytes(wasted)} of them wasted` : ''}
        {owner === undefined ? null : (
          <>
            , of package <Text>{owner}</Text>
          </>
        )}
      </p>
      {selected === 0 ? null : (
        <p>
          <a href={place.hrefOf(Math.max(0, paths.parentOf(selected)))}>Parent directory</a>
        </p>
      )}
      {shown.layer === -1 ? null : <LayerFacts place={place} layer={shown.layer} />}
      {versions.length === 0 || selected === 0 ? null : <Versions versions={versions} place={place} />}
      {children.length === 0 ? null : <Children items={children} total={cell.bytes} place={place} />}
    </aside>
  );
}

function LayerFacts({ place, layer }: { readonly place: Place; readonly layer: number }) {
  const report = place.facts.inspect.layers[layer];
  if (report === undefined) return null;
  const { instruction, createdBy, storedBytes, diffId, created } = report;
  return (
    <section class="layer-facts">
      <h3>Layer {layer}</h3>
      <pre>
        <Text>{instruction ?? createdBy ?? 'The history does not have its instruction.'}</Text>
      </pre>
      <p>
        {[
          `${humanBytes(storedBytes)} as stored`,
          ...layerWaste(report),
          ...(created === null ? [] : [`created ${created}`]),
        ].join('; ')}
      </p>
      {diffId === null ? null : <code class="digest">{diffId}</code>}
    </section>
  );
}

function Children({
  items,
  total,
  place,
}: {
  readonly items: readonly Child[];
  readonly total: number;
  readonly place: Place;
}) {
  const largest = items[0]?.bytes ?? 1;
  return (
    <>
      <h3>Contents</h3>
      <ul class="children">
        {items.slice(0, MOST_CHILDREN).map(({ path, bytes, grown, text }) => (
          <li key={path}>
            <a href={place.hrefOf(path)}>
              <Text most={200}>{place.paths.nameOf(path)}</Text>
            </a>
            <span class="size" title={roundPercent(bytes / total)}>
              {text}
            </span>
            <span class="bar">
              <span
                class={place.paths.isComparison ? 'wasted' : 'used'}
                style={{ width: `${(grown / Math.max(1, largest)) * 100}%` }}
              />
              <span class="shrunk" style={{ width: `${((bytes - grown) / Math.max(1, largest)) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
      {items.length > MOST_CHILDREN ? <p>{counted(items.length - MOST_CHILDREN, 'more path')}</p> : null}
    </>
  );
}
