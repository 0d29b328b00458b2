import type { Statement } from '../view/story.js';
import type { Linked } from './place.js';
import { Text } from './text.js';

/** Sentences that lead to what they are about. */
export function Statements({
  title,
  statements,
  place,
}: {
  readonly title: string;
  readonly statements: readonly Statement[];
  readonly place: Linked;
}) {
  return (
    <div>
      <h2>{title}</h2>
      <ul>
        {statements.map(({ text, step, layer, path, table }) => (
          <li key={text}>
            <a
              href={place.hrefOf(path, { layer, zoom: 0, ...(table === undefined ? {} : { table }) })}
              aria-controls={table && 'tables'}
            >
              <Text most={300}>{step === undefined ? text : `${text}: ${step}`}</Text>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
