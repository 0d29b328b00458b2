import { proseParts, visibleText } from '../view/format.js';

/** Text of an image: it cannot reorder what stands beside it, and hides nothing. */
export function Text({ children, most }: { readonly children: string; readonly most?: number }) {
  return <bdi>{visibleText(children, most)}</bdi>;
}

/** A sentence: what stands between backticks is shown as code. */
export function Prose({ children }: { readonly children: string }) {
  return proseParts(visibleText(children, 400)).map((part, i) =>
    i % 2 === 0 ? <bdi key={i}>{part}</bdi> : <code key={i}>{part}</code>,
  );
}
