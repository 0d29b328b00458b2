/**
 * Works on several items at once, in their order. Calls `onFailure` at the first failure, so that the other work can be
 * stopped, and throws it.
 */
export async function atOnce<Item>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
  onFailure: (error: unknown) => void = () => {},
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | null = null;
  const worker = async () => {
    for (let next = waiting.next(); failure === null && next.done !== true; next = waiting.next()) {
      try {
        await work(next.value);
      } catch (error) {
        if (failure === null) {
          failure = { error };
          onFailure(error);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  rethrow(failure);
}

function rethrow(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}
