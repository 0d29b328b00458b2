import { differenceText, type Version } from '../view/contents-of.js';
import type { Place } from './place.js';

/** What differs in a path of two images. */
export function Differences({
  versions,
  place,
}: {
  readonly versions: readonly Version[];
  readonly place: Place;
}) {
  const { facts, selected } = place;
  return (
    <ul class="versions">
      {versions.map((version) => (
        <li key={version.change}>
          {differenceText(version, facts.comparison?.fields ?? [])};{' '}
          {version.layer < facts.inspect.layers.length ? (
            <a href={place.hrefOf(selected, { layer: version.layer })}>layer {version.layer}</a>
          ) : (
            `layer ${version.wastedBy} of A`
          )}
        </li>
      ))}
    </ul>
  );
}
