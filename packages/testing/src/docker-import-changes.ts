import { readFileSync } from 'node:fs';

/** A result of `docker import --change` of Docker 20.10. */
export interface Observed {
  readonly changes: readonly string[];
  /** The fields that differ from the config of an import without changes. */
  readonly config?: Record<string, unknown>;
  /** Docker's message, where it refuses the changes. */
  readonly refused?: string;
}

export const observed: readonly Observed[] = JSON.parse(
  readFileSync(new URL('docker-import-changes.json', import.meta.url), 'utf8'),
);

/** The deliberate differences from Docker 20.10. */
export const otherwise: ReadonlyMap<string, string> = new Map([
  // Later versions accept these.
  [`ENV b=\${a-x} c=\${a+x}`, 'taken'],
  ['HEALTHCHECK --start-interval=5s CMD x', 'taken'],
  ['STOPSIGNAL SIGTERM', 'taken'],
  ['STOPSIGNAL 9', 'taken'],
  // A variable without a name, which no process can have.
  ['ENV $x=b', 'refused'],
  ['LABEL $none=x', 'refused'],
  // Later versions treat it as a shell command.
  ['CMD ["a"] x', 'refused'],
  ['CMD ["a\\u0000b"]', 'refused'],
]);

/** Returns the key of changes in `otherwise`. */
export function keyOf(changes: readonly string[]): string {
  return changes.join('\n');
}
