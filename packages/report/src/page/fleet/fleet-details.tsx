import { useMemo } from 'preact/hooks';
import type { Fleet } from '../../view/fleet/fleet.js';
import { dayOf, shortDigest } from '../../view/fleet/fleet-names.js';
import { sharingOf } from '../../view/fleet/sharing.js';
import { counted, humanBytes } from '../../view/format.js';
import { stepName } from '../../view/story.js';
import { Text } from '../text.js';
import { BarList, type BarRow } from './bar-list.js';
import type { FleetPlace } from './fleet-place.js';

/** What is known about what is selected: the fleet, a repository, an image or a layer. */
export function FleetDetails({ place }: { readonly place: FleetPlace }) {
  const { paths, selected } = place;
  const what = paths.placeOf(selected);
  return (
    <aside class="details" aria-label="Details">
      <h2 id="details" aria-live="polite">
        {selected === 0 ? 'All images' : <Text most={300}>{paths.textOf(selected)}</Text>}
      </h2>
      {what.kind === 'fleet' ? <FleetFacts place={place} /> : null}
      {what.kind === 'repository' ? <RepositoryFacts place={place} repository={what.repository} /> : null}
      {what.kind === 'image' ? <ImageFacts place={place} image={what.image} /> : null}
      {what.kind === 'layer' ? <LayerFacts place={place} layer={what.layer} /> : null}
    </aside>
  );
}

function FleetFacts({ place }: { readonly place: FleetPlace }) {
  const { fleet } = place;
  const { totals, images } = fleet.facts;
  const frees = useMemo(
    () =>
      [...images.keys()]
        .sort((a, b) => (images[b]?.exclusiveBytes ?? 0) - (images[a]?.exclusiveBytes ?? 0))
        .map((image) => imageRow(fleet, image, images[image]?.exclusiveBytes ?? 0)),
    [fleet],
  );
  return (
    <>
      <p>
        <strong>{humanBytes(totals.storedBytes)}</strong> in {counted(totals.layers, 'layer')}
      </p>
      <BarList title="Deleting one image frees" rows={frees} colour="wasted" place={place} />
    </>
  );
}

function RepositoryFacts({ place, repository }: { readonly place: FleetPlace; readonly repository: number }) {
  const { fleet } = place;
  const { images = [], deletable = [] } = fleet.repositories[repository] ?? {};
  const layers = fleet.layersOfAll(images);
  const freed = fleet.freedBy(deletable);
  const others = useMemo(() => {
    const groups = fleet.repositories.map((each) => each.images);
    const sharing = sharingOf(fleet, groups);
    return groups
      .flatMap((_, other) => {
        const bytes = sharing.bytes[repository * sharing.count + other] ?? 0;
        const path = fleet.tree.pathOfRepository[other] ?? 0;
        return other === repository || bytes === 0
          ? []
          : [{ path, name: fleet.shortName(fleet.tree.whole.nameOf(path)), bytes }];
      })
      .sort((a, b) => b.bytes - a.bytes);
  }, [fleet, repository]);
  return (
    <>
      <p>
        <strong>{humanBytes(fleet.bytesOf(layers))}</strong> in {counted(layers.length, 'layer')} of{' '}
        {counted(images.length, 'image')}; deleting {deletable.length < images.length ? 'it' : 'all'} frees{' '}
        {humanBytes(freed.bytes)}
        {deletable.length < images.length
          ? `: ${counted(images.length - deletable.length, 'image')} also have tags elsewhere`
          : ''}
      </p>
      <BarList
        title="Deleting one image frees"
        rows={images
          .map((image) => imageRow(fleet, image, fleet.imageAt(image)?.exclusiveBytes ?? 0))
          .sort((a, b) => b.bytes - a.bytes)}
        colour="wasted"
        place={place}
      />
      <BarList title="Shares with repositories" rows={others} colour="used" place={place} />
    </>
  );
}

function ImageFacts({ place, image }: { readonly place: FleetPlace; readonly image: number }) {
  const { fleet } = place;
  const { facts, tree } = fleet;
  const others = useMemo(
    () =>
      facts.images
        .flatMap((_, other) => {
          const bytes = other === image ? 0 : fleet.sharedBytes(image, other);
          return bytes === 0 ? [] : [imageRow(fleet, other, bytes)];
        })
        .sort((a, b) => b.bytes - a.bytes),
    [fleet, image],
  );
  const known = facts.images[image];
  if (known === undefined) return null;
  const tags = facts.tags.flatMap((each) => (each.image === image && each.tag !== null ? [each.tag] : []));
  const about = [
    known.platform,
    ...(known.distribution === null ? [] : [known.distribution]),
    ...(known.created === null ? [] : [`created ${dayOf(known.created)}`]),
  ];
  const layers = fleet.usesOf(image).map((use, position) => {
    const { storedBytes = 0, images = 1 } = facts.layers[use.layer] ?? {};
    const alone = images === 1 ? 'in this image only' : `in ${counted(images, 'image')}`;
    return {
      path: (tree.pathOfImage[image] ?? 0) + 1 + position,
      name: stepName(fleet.instructionAt(use)),
      bytes: storedBytes,
      note: alone,
      isAlone: images === 1,
    };
  });
  return (
    <>
      <p>
        <strong>{humanBytes(known.storedBytes)}</strong> as stored; deleting it frees{' '}
        {humanBytes(known.exclusiveBytes)}
        {known.wastedBytes > 0 ? `; ${humanBytes(known.wastedBytes)} of its files wasted` : ''}
      </p>
      <p>
        <Text most={300}>{about.join(', ')}</Text>
      </p>
      {tags.length > 1 ? (
        <p>
          Tags: <Text most={600}>{tags.join(', ')}</Text>
        </p>
      ) : null}
      <code class="digest">{known.digest}</code>
      <BarList title="Layers" rows={layers} colour="used" place={place} />
      <BarList title="Shares with images" rows={others} colour="used" place={place} />
    </>
  );
}

function LayerFacts({ place, layer }: { readonly place: FleetPlace; readonly layer: number }) {
  const { fleet, selected, paths } = place;
  const known = fleet.facts.layers[layer];
  if (known === undefined) return null;
  const images = fleet.imagesOf(layer);
  return (
    <>
      <p>
        <strong>{humanBytes(known.storedBytes)}</strong> as stored, {humanBytes(known.contentBytes)} of files;
        in {counted(images.length, 'image')}
      </p>
      <p>
        <a href={place.hrefOf(paths.parentOf(selected))}>The image</a>
      </p>
      <pre>
        <Text most={1200}>{fleet.instructionOf(layer) ?? 'The history does not have its instruction.'}</Text>
      </pre>
      <code class="digest" title={shortDigest(known.digest)}>
        {known.digest}
      </code>
      <BarList
        title="Images that have it"
        rows={images.map((image) => imageRow(fleet, image, fleet.imageAt(image)?.storedBytes ?? 0))}
        colour="used"
        place={place}
      />
    </>
  );
}

function imageRow(fleet: Fleet, image: number, bytes: number): BarRow {
  return {
    path: fleet.tree.pathOfImage[image] ?? 0,
    name: fleet.shortName(fleet.imageAt(image)?.name ?? ''),
    bytes,
  };
}
