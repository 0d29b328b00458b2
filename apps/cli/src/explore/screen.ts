import type { MouseInput } from '@layers/explorer';

/** What has the terminal: it gets all keys and the mouse, and draws itself again when it is told to. */
export interface Screen {
  readonly onKey: (key: string) => void;
  readonly onMouse: (input: MouseInput) => void;
  readonly redraw: () => void;
}
