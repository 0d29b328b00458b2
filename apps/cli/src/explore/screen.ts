/** What has the terminal: it gets all keys, and draws itself again when it is told to. */
export interface Screen {
  readonly onKey: (key: string) => void;
  readonly redraw: () => void;
}
