import { readFileSync } from 'node:fs';

/** What `docker import --change` of Docker 20.10 made of changes. */
export interface Observed {
  readonly changes: readonly string[];
  /** What differs from the config of an import without changes. */
  readonly config?: Record<string, unknown>;
  /** Docker's words where it refused them. */
  readonly refused?: string;
}

export const observed: readonly Observed[] = JSON.parse(
  readFileSync(new URL('docker-import-changes.json', import.meta.url), 'utf8'),
);

/** Where this differs from Docker 20.10 on purpose. */
export const otherwise: ReadonlyMap<string, string> = new Map([
  // Later versions take these.
  [`ENV b=\${a-x} c=\${a+x}`, 'taken'],
  ['HEALTHCHECK --start-interval=5s CMD x', 'taken'],
  ['STOPSIGNAL SIGTERM', 'taken'],
  ['STOPSIGNAL 9', 'taken'],
  // A variable without a name, which no process could be given.
  ['ENV $x=b', 'refused'],
  ['LABEL $none=x', 'refused'],
  // Later versions take it for a line of the shell.
  ['CMD ["a"] x', 'refused'],
  ['CMD ["a\\u0000b"]', 'refused'],
]);

/** What decides about changes of which `otherwise` knows. */
export function keyOf(changes: readonly string[]): string {
  return changes.join('\n');
}
