import type { Healthcheck, RunConfig } from '@layers/rewrite/dockerfile';

/** The execution parameters of a config that instructions set (OCI config.md, and docker's `Shell`, `OnBuild`, `Healthcheck`). */
export interface RunSettings extends Omit<RunConfig, 'healthcheck'> {
  readonly healthcheck: Healthcheck | null;
  readonly shell: readonly string[] | null;
  /** The names of other fields that are set, and that no instruction sets. */
  readonly others: readonly string[];
}

const NO_INSTRUCTION = [
  'Domainname',
  'MacAddress',
  'NetworkDisabled',
  'OpenStdin',
  'StdinOnce',
  'StopTimeout',
  'Tty',
];

/** Reads the `config` object of an image. Fields of another type than OCI's count as not set. */
export function runSettings(config: Readonly<Record<string, unknown>> | undefined): RunSettings {
  const fields = config ?? {};
  const list = (name: string): readonly string[] | null => {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return [value];
    return Array.isArray(value) && value.length > 0 ? value.map(String) : null;
  };
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    user: text('User'),
    env: new Map((list('Env') ?? []).map(nameAndValue)),
    labels: new Map(Object.entries(objectOf(fields['Labels'])).map(([name, value]) => [name, String(value)])),
    exposedPorts: new Set(Object.keys(objectOf(fields['ExposedPorts'])).flatMap(portsOf)),
    volumes: new Set(Object.keys(objectOf(fields['Volumes']))),
    workingDir: text('WorkingDir'),
    entrypoint: list('Entrypoint'),
    cmd: list('Cmd'),
    stopSignal: text('StopSignal'),
    healthcheck: healthcheckOf(objectOf(fields['Healthcheck'])),
    onBuild: list('OnBuild') ?? [],
    shell: list('Shell'),
    others: NO_INSTRUCTION.filter((name) => Boolean(fields[name])),
  };
}

/** Buildah keeps ranges; docker writes each port. */
function portsOf(key: string): readonly string[] {
  const [, first, last, protocol = ''] = /^(\d{1,5})-(\d{1,5})(\/.*)?$/.exec(key) ?? [];
  const length = Number(last) - Number(first) + 1;
  if (!(length > 0 && length <= MAX_PORTS)) return [key];
  return Array.from({ length }, (_, i) => `${Number(first) + i}${protocol}`);
}

const MAX_PORTS = 65_536;

function nameAndValue(entry: string): [name: string, value: string] {
  const equals = entry.indexOf('=', 1);
  return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

const TIMES = ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'] as const;

function healthcheckOf(fields: object): Healthcheck | null {
  const test: unknown = Reflect.get(fields, 'Test');
  if (!Array.isArray(test) || test.length === 0) return null;
  const numbers = TIMES.flatMap((name) => {
    const value: unknown = Reflect.get(fields, name);
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
      ? [[name, value] as const]
      : [];
  });
  return { Test: test.map(String), ...Object.fromEntries(numbers) };
}
