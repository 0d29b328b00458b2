import type { OpenWith } from '../state/effect.js';

/** Returns what the keys `p` and `e` ask for. */
export function openWith(key: 'p' | 'e', name: string, content: OpenWith['content']): OpenWith {
  return { kind: 'open-with', program: key === 'p' ? 'pager' : 'editor', name, content };
}
