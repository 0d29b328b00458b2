import type { ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { Digest } from '@layers/core/digest';
import type { Finding } from '@layers/core/findings';
import type { SourceInfo } from '@layers/core/image';

/** The result of `layers dockerfile`. */
export interface DockerfileDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  /** The image in FROM; null for `FROM scratch`. */
  readonly base: DockerfileBase | null;
  /** The steps after the base, in order. */
  readonly steps: readonly DockerfileStep[];
  /** What the config has and no step sets, and what no Dockerfile can express. */
  readonly corrections: readonly DockerfilePart[];
  /** The whole Dockerfile. */
  readonly dockerfile: string;
  readonly findings: readonly Finding[];
}

/** The image that a Dockerfile starts with. */
export interface DockerfileBase {
  readonly name: string;
  readonly digest: Digest | null;
  readonly layers: number;
  /** Whether it may be another one: true unless its layers were compared. */
  readonly isGuess: boolean;
}

/** Lines of a Dockerfile, with what to know about them. */
export interface DockerfilePart {
  /** Sentences that become comments. */
  readonly notes: readonly string[];
  /** Lines without comments; empty where nothing is to be executed. */
  readonly lines: readonly string[];
}

/** A step of the history, or a layer without one. */
export interface DockerfileStep extends DockerfilePart {
  /** The layer of the step; null for a step without one. */
  readonly layer: number | null;
  /** The step as the history has it; null for a layer without a step. */
  readonly createdBy: string | null;
  /**
   * `recorded`: the instruction does what the step did. `files`: it needs files that the history does not contain.
   * `omitted`: it has no effect on this image.
   */
  readonly kind: 'recorded' | 'files' | 'omitted';
}
