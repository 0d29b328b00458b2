import type { Digest } from '../digest/digest.js';
import type { ImageConfig } from '../oci/config.js';
import type { Platform } from '../oci/platform.js';
import { isJsonObject } from '../oci/validate.js';
import {
  flagField,
  type JsonObject,
  numberField,
  objectField,
  textField,
  textListField,
  textMapField,
  withoutUndefined,
} from './json-fields.js';

/**
 * The config of an image (OCI image-spec config.md, Docker image spec v1.2): platform, execution parameters, layers and
 * history. Fields without a name in this type are `unknown`. A named field whose value has another type, or is null, is
 * absent; `Image.rawConfig` has the exact bytes.
 */
export interface ConfigFile {
  /** RFC 3339, not validated. */
  readonly created?: string | undefined;
  readonly author?: string | undefined;
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly variant?: string | undefined;
  readonly 'os.version'?: string | undefined;
  readonly 'os.features'?: readonly string[] | undefined;
  readonly config?: ExecutionConfig | undefined;
  /** The digests of the uncompressed layers, base first. */
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  /** The build steps, base first. */
  readonly history?: readonly ConfigHistory[] | undefined;
  readonly [field: string]: unknown;
}

/** The execution parameters of a container (OCI image-spec config.md, `config`), with Docker's additional fields. */
export interface ExecutionConfig {
  readonly User?: string | undefined;
  /** Keys such as `8080/tcp`. */
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | undefined;
  /** Entries such as `PATH=/usr/bin`. */
  readonly Env?: readonly string[] | undefined;
  readonly Entrypoint?: readonly string[] | undefined;
  readonly Cmd?: readonly string[] | undefined;
  readonly Volumes?: Readonly<Record<string, unknown>> | undefined;
  readonly WorkingDir?: string | undefined;
  readonly Labels?: Readonly<Record<string, string>> | undefined;
  readonly StopSignal?: string | undefined;
  readonly ArgsEscaped?: boolean | undefined;
  /** Docker only. Durations are in nanoseconds. */
  readonly Healthcheck?:
    | {
        readonly Test?: readonly string[] | undefined;
        readonly Interval?: number | undefined;
        readonly Timeout?: number | undefined;
        readonly StartPeriod?: number | undefined;
        readonly StartInterval?: number | undefined;
        readonly Retries?: number | undefined;
        readonly [field: string]: unknown;
      }
    | undefined;
  /** Docker only. The shell of commands in shell form. */
  readonly Shell?: readonly string[] | undefined;
  /** Docker only. Instructions for images that are built from this one. */
  readonly OnBuild?: readonly string[] | undefined;
  /** Docker only. In seconds. */
  readonly StopTimeout?: number | undefined;
  readonly [field: string]: unknown;
}

/** A build step (OCI image-spec config.md, `history`). */
export interface ConfigHistory {
  readonly created?: string | undefined;
  readonly created_by?: string | undefined;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
  /** Whether the step created no layer. */
  readonly empty_layer?: boolean | undefined;
  readonly [field: string]: unknown;
}

/** Converts a config that `parseConfig` accepted. */
export function configFileOf(json: unknown, parsed: ImageConfig): ConfigFile {
  const raw: JsonObject = isJsonObject(json) ? json : {};
  const config = objectField(raw, 'config');
  const history = raw['history'];
  return withoutUndefined<ConfigFile>({
    ...raw,
    created: textField(raw, 'created'),
    author: textField(raw, 'author'),
    architecture: textField(raw, 'architecture'),
    os: textField(raw, 'os'),
    variant: textField(raw, 'variant'),
    'os.version': textField(raw, 'os.version'),
    'os.features': textListField(raw, 'os.features'),
    config: config === undefined ? undefined : executionConfigOf(config),
    rootfs: { ...objectField(raw, 'rootfs'), type: 'layers', diff_ids: parsed.diffIds },
    history: Array.isArray(history)
      ? history.map((step: unknown) => historyOf(isJsonObject(step) ? step : {}))
      : undefined,
  });
}

/** Builds the config of an image in format v1 from the documents of its layers. */
export function configFileOfV1(parsed: ImageConfig, platform: Platform | null): ConfigFile {
  return withoutUndefined<ConfigFile>({
    created: parsed.created,
    author: parsed.author,
    architecture: platform?.architecture,
    os: platform?.os,
    variant: platform?.variant,
    config: parsed.config === undefined ? undefined : executionConfigOf(parsed.config),
    rootfs: { type: 'layers', diff_ids: parsed.diffIds },
    history: parsed.history.map((step) =>
      withoutUndefined<ConfigHistory>({
        created: step.created,
        created_by: step.createdBy,
        author: step.author,
        comment: step.comment,
        empty_layer: step.emptyLayer || undefined,
      }),
    ),
  });
}

function executionConfigOf(raw: JsonObject): ExecutionConfig {
  const healthcheck = objectField(raw, 'Healthcheck');
  return withoutUndefined<ExecutionConfig>({
    ...raw,
    User: textField(raw, 'User'),
    ExposedPorts: objectField(raw, 'ExposedPorts'),
    Env: textListField(raw, 'Env'),
    Entrypoint: textListField(raw, 'Entrypoint'),
    Cmd: textListField(raw, 'Cmd'),
    Volumes: objectField(raw, 'Volumes'),
    WorkingDir: textField(raw, 'WorkingDir'),
    Labels: textMapField(raw, 'Labels'),
    StopSignal: textField(raw, 'StopSignal'),
    ArgsEscaped: flagField(raw, 'ArgsEscaped'),
    Healthcheck: healthcheck === undefined ? undefined : healthcheckOf(healthcheck),
    Shell: textListField(raw, 'Shell'),
    OnBuild: textListField(raw, 'OnBuild'),
    StopTimeout: numberField(raw, 'StopTimeout'),
  });
}

type Healthcheck = NonNullable<ExecutionConfig['Healthcheck']>;

function healthcheckOf(raw: JsonObject): Healthcheck {
  return withoutUndefined<Healthcheck>({
    ...raw,
    Test: textListField(raw, 'Test'),
    Interval: numberField(raw, 'Interval'),
    Timeout: numberField(raw, 'Timeout'),
    StartPeriod: numberField(raw, 'StartPeriod'),
    StartInterval: numberField(raw, 'StartInterval'),
    Retries: numberField(raw, 'Retries'),
  });
}

function historyOf(raw: JsonObject): ConfigHistory {
  return withoutUndefined<ConfigHistory>({
    ...raw,
    created: textField(raw, 'created'),
    created_by: textField(raw, 'created_by'),
    author: textField(raw, 'author'),
    comment: textField(raw, 'comment'),
    empty_layer: flagField(raw, 'empty_layer'),
  });
}
