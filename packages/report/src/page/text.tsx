import { visibleText } from '../view/format.js';

/** Text of an image: it cannot reorder what stands beside it, and hides nothing. */
export function Text({ children, most }: { readonly children: string; readonly most?: number }) {
  return <bdi>{visibleText(children, most)}</bdi>;
}
