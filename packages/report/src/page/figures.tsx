import type { Figure } from '../view/story.js';

/** The sizes at the top of a page. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl class="figures">
      {figures.map(({ label, value, title, change }) => (
        <div key={label} title={title}>
          <dt>{label}</dt>
          <dd>
            {value}
            <small>{change}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
