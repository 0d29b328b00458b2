/** A port of a browser. */
interface Port {
  onmessage?: (() => void) | null;
  postMessage(message: null): void;
  close(): void;
}

/** Sends a message to itself: a timer of a browser waits for at least 4 ms. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 }: { readonly port1: Port; readonly port2: Port } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
