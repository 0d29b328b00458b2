import type { Finding, FindingPlace } from '@layers/core/findings';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';

const SHOWN = 12;

/** Renders findings as a section of a report, the most severe first. */
export function* findingsSection(findings: readonly Finding[], view: View): Generator<string> {
  if (findings.length === 0) return;
  yield `\n${view.colours.bold('Findings')}\n`;
  const sorted = [...findings].sort((a, b) => rank(a) - rank(b));
  const shown = view.truncate ? sorted.slice(0, SHOWN) : sorted;
  const columns = [
    { title: '' },
    { title: 'layer', align: 'right', omit: 1 },
    { title: 'finding', cut: 'end', least: 24 },
    { title: 'path', cut: 'middle', least: 12, omit: 2 },
  ] as const;
  yield* table(
    view,
    columns,
    shown.map((finding) => findingRow(finding, view)),
    { indent: 1, titles: false },
  );
  const more = findings.length - shown.length;
  if (more > 0) yield ` ${view.colours.dim(`and ${more} more: --no-trunc or --json shows all`)}\n`;
}

function findingRow(finding: Finding, view: View): Cell[] {
  const { severity, message, place = {} } = finding;
  const { side, layer } = place;
  const image = side === undefined ? '' : `${side.toUpperCase()}: `;
  const paint = painter(severity, view);
  return [
    { text: severity, paint },
    { text: layer === undefined ? '' : `layer ${layer}` },
    { text: escapeForTerminal(`${image}${message}`) },
    { text: escapeForTerminal(placeText(place)) },
  ];
}

function placeText({ path, offset }: FindingPlace): string {
  return path ?? (offset === undefined ? '' : `offset ${offset}`);
}

function painter(severity: Finding['severity'], { colours }: View): (text: string) => string {
  if (severity === 'error') return colours.red;
  return severity === 'warning' ? colours.yellow : colours.dim;
}

function rank({ severity }: Finding): number {
  return severity === 'error' ? 0 : severity === 'warning' ? 1 : 2;
}

/** Returns a warning about damage, for output that shows no findings; empty without damage. */
export function findingsNote(findings: readonly Finding[], view: View): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  // An encrypted layer, or one of another file system, is not damaged.
  const isDamaged = errors.some(({ code }) => code !== 'layer-not-a-tar');
  return noteOf(errors, view, 'error', isDamaged ? 'the image is damaged: ' : 'some layers are not shown: ');
}

/** Findings that only appear where digests are computed. */
const DIGESTS: ReadonlySet<string> = new Set(['digest-mismatch', 'diff-id-mismatch', 'size-mismatch']);

/** Returns a line about the warnings, for output that shows no findings; empty without warnings. */
export function warningsNote(findings: readonly Finding[], view: View): string {
  return noteOf(findings, view, 'warning', '');
}

function noteOf(
  findings: readonly Finding[],
  { colours }: View,
  severity: Exclude<Finding['severity'], 'note'>,
  what: string,
): string {
  const found = findings.filter((finding) => finding.severity === severity);
  const [first] = found;
  if (first === undefined) return '';
  const rest = found.length > 1 ? `, and ${counted(found.length - 1, `more ${severity}`)}` : '';
  const layer = first.place?.layer === undefined ? '' : `layer ${first.place.layer}`;
  const where = layer === '' || first.message.startsWith(`${layer} `) ? '' : `${layer}: `;
  const command = DIGESTS.has(first.code) ? 'verify' : 'inspect';
  return (
    `${colours.yellow('warning:')} ${what}${where}${escapeForTerminal(first.message)}` +
    `${rest} (layers ${command} shows all)\n`
  );
}
