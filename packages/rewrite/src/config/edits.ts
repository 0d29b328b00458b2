import type { Healthcheck } from '../dockerfile/health-check.js';

/** A command in exec form, or in shell form for the image's shell. Null removes it from the config. */
export type Command = readonly string[] | { readonly shell: string } | null;

/**
 * Changes to an image config (OCI config.md). A field that is left out stays; null removes it. Of each list, entries are
 * removed first and added then. Names to remove may be patterns: `*` matches any characters, `?` one, and a backslash
 * escapes the next character.
 */
export interface ConfigEdits {
  /** An existing name keeps its position; new names are appended. */
  readonly setEnv?: readonly (readonly [name: string, value: string])[];
  readonly unsetEnv?: readonly string[];
  readonly setLabels?: readonly (readonly [name: string, value: string])[];
  readonly unsetLabels?: readonly string[];
  readonly addVolumes?: readonly string[];
  readonly unsetVolumes?: readonly string[];
  /** `8080`, which is `8080/tcp`, `53/udp`, or a range `8000-8010`. */
  readonly addPorts?: readonly string[];
  /** A number without protocol is a TCP port; a pattern without protocol matches any. */
  readonly unsetPorts?: readonly string[];
  readonly entrypoint?: Command;
  readonly cmd?: Command;
  readonly user?: string | null;
  /** A relative path is joined to the config's own, as WORKDIR does. */
  readonly workdir?: string | null;
  readonly stopSignal?: string | null;
  /** `NONE` disables a check that a base image may define; null only removes it. */
  readonly healthcheck?: Healthcheck | 'NONE' | null;
  /** The shell that runs commands in shell form. */
  readonly shell?: readonly string[] | null;
  readonly author?: string | null;
  /** RFC 3339. */
  readonly created?: string | null;
  readonly platform?: PlatformEdit;
}

/** Go's names. A variant that is left out is removed, since it belongs to the architecture. */
export interface PlatformEdit {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}
