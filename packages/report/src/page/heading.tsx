import type { InspectDocument } from '@layers/core/analysis';
import type { Platform } from '@layers/core/oci';
import { counted } from '../view/format.js';
import { reportName } from '../view/story.js';
import { Figures } from './figures.js';
import type { Place } from './place.js';
import { Text } from './text.js';

type Side = Pick<InspectDocument, 'image' | 'source'>;

/** The name of the image, or of both, and the sizes. */
export function Heading({ place: { facts, views } }: { readonly place: Place }) {
  const { inspect, comparison } = facts;
  const { findings } = inspect;
  const found = findings.length === 0 ? [] : [counted(findings.length, 'finding')];
  const name = reportName(facts);
  return (
    <header>
      <h1>
        <Text most={400}>{name}</Text>
      </h1>
      {comparison === null ? null : <SideFacts words={['A']} side={comparison.a} name="" />}
      <SideFacts words={comparison === null ? [] : ['B']} more={found} side={inspect} name={name} />
      <Figures figures={views.figures(facts)} />
    </header>
  );
}

function SideFacts({
  words,
  more = [],
  side: { image, source },
  name,
}: {
  readonly words: readonly string[];
  readonly more?: readonly string[];
  readonly side: Side;
  readonly name: string;
}) {
  const details = [
    ...words,
    ...image.tags.slice(1),
    ...(image.platform === null ? [] : [platformText(image.platform)]),
    ...(image.created === null ? [] : [`created ${image.created}`]),
    ...(source.path === name ? [] : [source.path]),
    ...more,
  ];
  return (
    <p class="facts">
      {details.map((detail) => (
        <span key={detail}>
          <Text most={200}>{detail}</Text>
        </span>
      ))}
      {image.id === null ? null : <code>{image.id}</code>}
    </p>
  );
}

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}
