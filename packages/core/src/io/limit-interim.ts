/** A server sends at most one `100 Continue`, and few `103 Early Hints`. */
const MAX_INTERIM = 10;

/** A request of `node:http`. */
interface InterimSource {
  on(event: 'information', listener: () => void): unknown;
}

/** Calls `onEndless` if a server sends interim responses (RFC 9110, section 15.2) without end. */
export function limitInterim(request: InterimSource, onEndless: () => void): void {
  let count = 0;
  request.on('information', () => {
    if (++count === MAX_INTERIM) onEndless();
  });
}
