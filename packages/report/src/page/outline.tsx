import type { Box } from '../view/placed.js';

/** Marks a cell. It lies above the canvas, which is not drawn again. */
export function Outline({ kind, box }: { readonly kind: 'selected' | 'hovered'; readonly box: Box }) {
  return (
    <span
      class={`outline ${kind}`}
      style={{
        transform: `translate(${box.x}px, ${box.y}px)`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      }}
    />
  );
}
