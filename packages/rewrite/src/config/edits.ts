/** A command as a Dockerfile has it: words, or a line for the image's shell. Null takes it out of the config. */
export type Command = readonly string[] | { readonly shell: string } | null;

/** Docker's `Healthcheck`; times are in nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

/**
 * Changes of an image config. What is left out stays; null removes. Of each list what is unset goes first, then
 * what is set comes. Names to unset may be patterns: see `compileNameGlob`.
 */
export interface ConfigEdits {
  /** A name that is there keeps its place; others follow at the end. */
  readonly setEnv?: readonly (readonly [name: string, value: string])[];
  readonly unsetEnv?: readonly string[];
  readonly setLabels?: readonly (readonly [name: string, value: string])[];
  readonly unsetLabels?: readonly string[];
  readonly addVolumes?: readonly string[];
  readonly unsetVolumes?: readonly string[];
  /** `8080`, which is `8080/tcp`, `53/udp`, or a range `8000-8010`. */
  readonly addPorts?: readonly string[];
  /** A bare number is of tcp; a pattern without protocol is for any. */
  readonly unsetPorts?: readonly string[];
  readonly entrypoint?: Command;
  readonly cmd?: Command;
  readonly user?: string | null;
  /** A relative one goes on from the config's own, as in a Dockerfile. */
  readonly workdir?: string | null;
  readonly stopSignal?: string | null;
  /** `NONE` switches off a check that a base image might bring; null only takes it out. */
  readonly healthcheck?: Healthcheck | 'NONE' | null;
  /** What runs commands that are lines. */
  readonly shell?: readonly string[] | null;
  readonly author?: string | null;
  /** RFC 3339. */
  readonly created?: string | null;
  readonly platform?: PlatformEdit;
}

/** In Go's words. A variant that is left out is removed, since it belongs to the architecture. */
export interface PlatformEdit {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}
