import { useEffect, useState } from 'preact/hooks';
import { linkAt, reveal } from './reveal.js';

/**
 * Returns what the address says is shown, as it changes. What a link selects is brought into view.
 *
 * @param read reads the fragment of the address; always the same function
 */
export function useShown<Shown>(read: (fragment: string) => Shown): Shown {
  const [shown, setShown] = useState(() => read(location.hash));
  useEffect(() => {
    let link: HTMLAnchorElement | null = null;
    const follow = (): void => {
      setShown(read(location.hash));
      if (link !== null) reveal(link);
      link = null;
    };
    const press = (event: Event): void => {
      link = linkAt(event);
      // The address stays, and so does what is shown.
      if (link?.hash === location.hash) reveal(link);
    };
    addEventListener('hashchange', follow);
    addEventListener('click', press);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('click', press);
    };
  }, [read]);
  return shown;
}
