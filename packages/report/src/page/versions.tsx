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
            <Actions version={version} place={place} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Actions({ version, place }: { readonly version: Version; readonly place: Place }) {
  const { files, paths, selected } = place;
  const { type, change, waste, layer } = version;
  // A layer that has a path twice gives its last content.
  if (files === null || type !== 'file' || change === 'deleted' || waste === 'duplicate-entry') return null;
  return (
    <span class="file-actions">
      <button type="button" onClick={() => files.view(paths.bytesOf(selected), layer)}>
        View <span class="unseen">the file of layer {layer}</span>
      </button>
      <button type="button" onClick={() => files.save(paths.bytesOf(selected), layer)}>
        Save <span class="unseen">the file of layer {layer}</span>
      </button>
    </span>
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
