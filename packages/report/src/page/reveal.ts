/** Returns the link that a click follows, if what it selects may be out of sight: the picture is where its own links are. */
export function linkAt({ target }: Event): HTMLAnchorElement | null {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>('main a') : null;
  return link?.closest('.middle') === null ? link : null;
}

/** Scrolls to what a link selected, once it is rendered: to the tables that it controls, or to the details beside the picture. */
export function reveal(link: HTMLAnchorElement): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(link.getAttribute('aria-controls') ?? 'details');
    if (element === null) return;
    const { top, bottom } = element.getBoundingClientRect();
    // At the lower edge, what follows would be out of sight.
    const isSeen = top >= 0 && bottom < innerHeight / 2;
    element.scrollIntoView({ block: isSeen ? 'nearest' : 'start' });
  });
}
