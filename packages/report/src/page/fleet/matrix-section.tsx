import { useMemo } from 'preact/hooks';
import { firstRows, MATRIX_ROWS, type Matrix, matrixOf, SHADES } from '../../view/fleet/matrix.js';
import { counted, humanBytes } from '../../view/format.js';
import { Choice } from '../choice.js';
import { Text } from '../text.js';
import type { FleetPlace } from './fleet-place.js';
import { MatrixCanvas } from './matrix-canvas.js';

/** Which images, or repositories, share how much. */
export function MatrixSection({ place }: { readonly place: FleetPlace }) {
  const { fleet, paths, shown, top } = place;
  const what = paths.placeOf(top);
  const repository =
    what.kind === 'fleet'
      ? -1
      : what.kind === 'repository'
        ? what.repository
        : (fleet.repositoryOfImage[what.image] ?? -1);
  // In a repository, its images are what can be compared.
  const rows = shown.rows ?? (repository === -1 ? firstRows(fleet) : 'images');
  const of = rows === 'images' ? repository : -1;
  const matrix = useMemo(() => matrixOf(fleet, rows, of), [fleet, rows, of]);
  if (fleet.facts.images.length < 2) return null;
  return (
    <section class="sharing" aria-label="Which share how much">
      <h2>Which {rows} share how much</h2>
      <div class="choices">
        <Choice label="of" words={MATRIX_ROWS} value={rows} onChoose={(word) => place.show({ rows: word })} />
        <Choice
          label="dark for"
          words={SHADES}
          value={shown.shade}
          onChoose={(shade) => place.show({ shade })}
        />
      </div>
      <p class="caption">
        A cell is the bytes of the layers that both have. The darkest{' '}
        {shown.shade === 'part' ? 'is all of the smaller of both' : `has ${humanBytes(matrix.largest)}`}.
        {of === -1 ? null : (
          <>
            {' '}
            Images of <Text most={100}>{fleet.repositories[of]?.name ?? ''}</Text>.
          </>
        )}
        {leftOutText(matrix, rows)}
      </p>
      {matrix.rows.length < 2 ? (
        <p>There is nothing to compare.</p>
      ) : (
        <MatrixCanvas key={`${rows} ${of}`} matrix={matrix} place={place} />
      )}
    </section>
  );
}

function leftOutText({ leftOut, rows }: Matrix, kind: 'repositories' | 'images'): string {
  if (leftOut === 0) return '';
  const smaller =
    kind === 'images'
      ? counted(leftOut, 'smaller image')
      : counted(leftOut, 'smaller repository', 'smaller repositories');
  return ` The ${rows.length} largest; ${smaller} left out${kind === 'images' ? ': a repository on the left shows its images' : ''}.`;
}
