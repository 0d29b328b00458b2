import type { ImageInfo } from '@layers/core/analysis';
import type { ConfigDocument } from '../documents/config.js';
import { escapeForTerminal } from '../output/escape.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { type Fact, imageHeading } from './image-heading.js';

/** A field of the config, with a line for each of its values. */
type Field = readonly [label: string, values: readonly string[]];

/** Renders the execution parameters of an image (OCI image-spec config.md), in the order in which people ask for them. */
export function* renderConfig({ source, image, findings }: ConfigDocument, view: View): Generator<string> {
  yield* imageHeading(source, image, [], view);
  const rows = fieldsOf(image.config).flatMap(([label, values]) =>
    values.map((value, i): (Cell | string)[] => [
      { text: i === 0 ? label : '', paint: view.colours.dim },
      escapeForTerminal(value),
    ]),
  );
  yield rows.length === 0 ? '\nThe config sets nothing.\n' : '\n';
  yield* table(view, [{ title: '' }, { title: '', cut: 'end' }], rows, { titles: false, indent: 1 });
  yield* findingsSection(findings, view);
}

/** Returns what a container of the image runs, for a heading; nothing where the config does not say. */
export function runFacts({ config }: ImageInfo): Fact[] {
  const command = [...commandWords(config['Entrypoint']), ...commandWords(config['Cmd'])];
  if (command.length === 0) return [];
  const user = textOf(config['User']).map((name) => `user ${shortText(name)}`);
  const ports = keysOf(config['ExposedPorts'])
    .slice(0, MOST_PORTS)
    .map((port) => shortText(port));
  const parts = [
    shortText(command.map(quoted).join(' ')),
    ...user,
    ...(ports.length === 0 ? [] : [ports.join(' ')]),
  ];
  return [{ label: 'runs', parts }];
}

const MOST_PORTS = 8;

function commandWords(value: unknown): string[] {
  return typeof value === 'string' ? textOf(value) : listOf(value);
}

/** Returns a word of a command, in quotes where a shell would need them. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

function fieldsOf(config: Readonly<Record<string, unknown>>): Field[] {
  const fields: readonly Field[] = [
    ['entrypoint', commandOf(config['Entrypoint'])],
    ['cmd', commandOf(config['Cmd'])],
    ['user', textOf(config['User'])],
    ['workdir', textOf(config['WorkingDir'])],
    ['env', listOf(config['Env'])],
    ['ports', keysOf(config['ExposedPorts'])],
    ['volumes', keysOf(config['Volumes'])],
    ['healthcheck', healthOf(config['Healthcheck'])],
    ['stop signal', textOf(config['StopSignal'])],
    ['shell', commandOf(config['Shell'])],
    ['on build', listOf(config['OnBuild'])],
    ['labels', pairsOf(config['Labels'])],
  ];
  return fields.filter(([, values]) => values.length > 0);
}

function textOf(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(plain) : [];
}

/** Returns a command as a Dockerfile writes it. */
function commandOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : [JSON.stringify(value)];
  return textOf(value);
}

function keysOf(value: unknown): string[] {
  return isObject(value) ? Object.keys(value).sort() : listOf(value);
}

function pairsOf(value: unknown): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${key}=${plain(each)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The fields of a health check that are durations in nanoseconds. */
const DURATIONS: readonly (readonly [field: string, option: string])[] = [
  ['Interval', 'interval'],
  ['Timeout', 'timeout'],
  ['StartPeriod', 'start period'],
  ['StartInterval', 'start interval'],
];
const NANOSECONDS = 1e9;

function healthOf(value: unknown): string[] {
  if (!isObject(value)) return [];
  const [kind, ...words] = listOf(value['Test']);
  if (kind === undefined) return [];
  const command = kind === 'CMD-SHELL' ? words.join(' ') : kind === 'CMD' ? JSON.stringify(words) : kind;
  const times = DURATIONS.flatMap(([field, option]) => {
    const time = value[field];
    return typeof time === 'number' && time > 0 ? [`${option} ${time / NANOSECONDS} s`] : [];
  });
  const retries = value['Retries'];
  if (typeof retries === 'number' && retries > 0) times.push(`retries ${retries}`);
  return [command, ...(times.length === 0 ? [] : [times.join(', ')])];
}
