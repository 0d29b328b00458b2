import type { Version } from '../view/contents-of.js';
import { humanBytes, modeText } from '../view/format.js';
import type { Place } from './place.js';

/** What the layers do to a path. */
export function Versions({
  versions,
  place,
}: {
  readonly versions: readonly Version[];
  readonly place: Place;
}) {
  const { Actions } = place;
  return (
    <>
      <h3>What layers do to it</h3>
      <ul class="versions">
        {versions.map((version) => (
          <li key={`${version.layer} ${version.change} ${version.bytes}`}>
            <a href={place.hrefOf(place.selected, { layer: version.layer })}>layer {version.layer}</a>{' '}
            {version.change}
            {version.type === 'directory' ? '' : ` ${version.type}`}
            {version.bytes > 0 ? `, ${humanBytes(version.bytes)}` : ''}
            {version.change === 'deleted' ? null : <Mode version={version} place={place} />}
            {version.waste === 'none' ? null : (
              <span class="waste-note">
                {' '}
                {version.waste} by layer {version.wastedBy}
              </span>
            )}
            {Actions === null ? null : <Actions version={version} place={place} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Mode({ version, place }: { readonly version: Version; readonly place: Place }) {
  const [mode, uid, gid] = place.facts.attributes[version.attributes] ?? [0, 0, 0];
  return (
    <code class="mode">
      {' '}
      {modeText(mode)} {uid}:{gid}
    </code>
  );
}
