import type { Platform } from '@layers/core/oci';
import { counted } from '../view/format.js';
import { figuresOf, imageName } from '../view/story.js';
import type { Place } from './place.js';
import { Text } from './text.js';

/** The name of the image, and its sizes. */
export function Heading({ place: { facts } }: { readonly place: Place }) {
  const { image, source, findings } = facts.inspect;
  const details = [
    ...image.tags.slice(1),
    ...(image.platform === null ? [] : [platformText(image.platform)]),
    ...(image.created === null ? [] : [`created ${image.created}`]),
    ...(source.path === imageName(facts) ? [] : [source.path]),
    ...(findings.length === 0 ? [] : [counted(findings.length, 'finding')]),
  ];
  return (
    <header>
      <h1>
        <Text most={200}>{imageName(facts)}</Text>
      </h1>
      <p class="facts">
        {details.map((detail) => (
          <span key={detail}>
            <Text most={200}>{detail}</Text>
          </span>
        ))}
        {image.id === null ? null : <code>{image.id}</code>}
      </p>
      <dl class="figures">
        {figuresOf(facts).map(({ label, value, title }) => (
          <div key={label} title={title}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}
