import type { Healthcheck } from './health-check.js';

/** The execution parameters of an image config that instructions set, with the values that the config will have. */
export interface RunConfig {
  readonly user: string;
  /** In the order in which the names were set first. */
  readonly env: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** Keys such as `80/tcp`. */
  readonly exposedPorts: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  readonly workingDir: string;
  /** Null if none is set; an empty list is kept. */
  readonly entrypoint: readonly string[] | null;
  readonly cmd: readonly string[] | null;
  readonly stopSignal: string;
  readonly healthcheck: Healthcheck | null;
  /** Instructions that builds on top of the image execute. */
  readonly onBuild: readonly string[];
}

/** Returns the `config` object of an image config (OCI config.md) without unset fields. Keys are sorted by their bytes. */
export function runConfigDocument(config: RunConfig): object {
  const { env, labels, exposedPorts, volumes, entrypoint, cmd, healthcheck, onBuild } = config;
  return {
    ...textField('User', config.user),
    ...keysField('ExposedPorts', exposedPorts),
    ...(env.size === 0 ? {} : { Env: [...env].map(([name, value]) => `${name}=${value}`) }),
    ...(entrypoint === null ? {} : { Entrypoint: entrypoint }),
    ...(cmd === null ? {} : { Cmd: cmd }),
    ...keysField('Volumes', volumes),
    ...textField('WorkingDir', config.workingDir),
    ...(labels.size === 0
      ? {}
      : { Labels: Object.fromEntries([...labels].sort(([a], [b]) => byBytes(a, b))) }),
    ...textField('StopSignal', config.stopSignal),
    ...(healthcheck === null ? {} : { Healthcheck: healthcheck }),
    ...(onBuild.length === 0 ? {} : { OnBuild: onBuild }),
  };
}

function textField(key: string, value: string): object {
  return value === '' ? {} : { [key]: value };
}

function keysField(key: string, values: ReadonlySet<string>): object {
  if (values.size === 0) return {};
  return { [key]: Object.fromEntries([...values].sort(byBytes).map((value) => [value, {}])) };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
