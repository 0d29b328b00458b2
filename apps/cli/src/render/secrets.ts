import type {
  FilePlace,
  Secret,
  SecretPlace,
  SecretSeverity,
  SecretsDocument,
} from '@layers/insight/secrets';
import { escapeForTerminal, escapeName } from '../output/escape.js';
import { counted } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';

/** Renders the secrets of an image, without the secrets themselves. */
export function* renderSecrets(document: SecretsDocument, view: View): Generator<string> {
  const { source, image, secrets, totals, findings } = document;
  const scanned = `${view.bytes(totals.scannedBytes)} of files in all layers`;
  yield* imageHeading(source, image, [{ label: 'scanned', parts: [scanned] }], view);
  yield '\n';
  if (secrets.length > 0) {
    yield* secretsTable(secrets, view);
    yield '\n';
  }
  yield* summary(document, view);
  yield* findingsSection(findings, view);
}

function secretsTable(secrets: readonly Secret[], view: View): Generator<string> {
  const columns = [
    { title: '' },
    { title: 'rule', cut: 'end', least: 12 },
    { title: 'secret', cut: 'end', least: 10, omit: 1 },
    { title: 'layer', align: 'right' },
    { title: 'where', cut: 'middle', least: 24 },
    { title: 'state', cut: 'end', least: 10 },
  ] as const;
  const rows = secrets.map((secret): (Cell | string)[] => [
    { text: secret.severity, paint: painter(secret.severity, view) },
    escapeForTerminal(secret.rule),
    secretText(secret, view),
    secret.place.layer === null ? '' : String(secret.place.layer),
    whereText(secret.place),
    stateText(secret.place),
  ]);
  return table(view, columns, rows, { indent: 1 });
}

function secretText({ mask, length }: Secret, { unicode }: View): string {
  const characters = length === null ? '' : ` (${length})`;
  return `${escapeForTerminal(mask)}${unicode ? '…' : ''}${characters}`;
}

function whereText(place: SecretPlace): string {
  if (place.kind !== 'file') {
    const key = place.key === null ? '' : ` ${escapeForTerminal(place.key)}`;
    return `${place.kind}${key === '' ? fieldText(place.field) : key}`;
  }
  const path = escapeName(place.path, place.pathBase64);
  return place.line === null ? path : `${path}:${place.line}`;
}

/** `history[1].comment` is the comment of step 1 of the history of the config, from the oldest, 0. */
function fieldText(field: string): string {
  const [, step, rest] = /^history\[(\d+)\]\.(.+)$/s.exec(field) ?? [];
  if (step === undefined || rest === undefined) return ` ${escapeForTerminal(field)}`;
  return ` step ${step}, ${escapeForTerminal(rest)}`;
}

function stateText(place: SecretPlace): string {
  return place.kind === 'file' ? fileState(place) : '';
}

function fileState({ isVisible, removedBy, package: owner }: FilePlace): string {
  const of = owner === null ? '' : `, of package ${escapeForTerminal(owner.name)}`;
  if (isVisible) return `visible${of}`;
  if (removedBy === null) return `not in the file system${of}`;
  return `${removedBy.cause} by layer ${removedBy.layer}${of}`;
}

function painter(severity: SecretSeverity, { colours }: View): (text: string) => string {
  if (severity === 'error') return colours.red;
  return severity === 'warning' ? colours.yellow : colours.dim;
}

function* summary({ secrets, totals }: SecretsDocument, { colours }: View): Generator<string> {
  const { error, warning, note, known, hidden, hiddenInPackages, notListed } = totals;
  const kinds = [
    ...(error > 0 ? [counted(error, 'error')] : []),
    ...(warning > 0 ? [counted(warning, 'warning')] : []),
    ...(note > 0 ? [counted(note, 'note')] : []),
  ];
  yield secrets.length === 0
    ? `${colours.green('no secrets found')}\n`
    : `${colours.red(`${counted(secrets.length, 'secret')} found`)}: ${kinds.join(', ')}\n`;
  if (notListed > 0) yield `${notListed} more in files that are full of them\n`;
  if (known > 0) yield `${known} of the baseline\n`;
  if (hiddenInPackages > 0) yield `${hiddenInPackages} in files of packages: --all shows them\n`;
  if (hidden > 0) yield `${hidden} of lower severity: --all shows them\n`;
}
