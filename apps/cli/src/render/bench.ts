import type { LimitName, Stage } from '../bench/stage.js';
import type { BenchDocument, Machine } from '../documents/bench.js';
import { bar } from '../output/bar.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted, oneLine, percent } from '../output/format.js';
import { shortCount, shortSeconds } from '../output/quantities.js';
import { type Cell, table } from '../output/table.js';
import { GAP } from '../output/table-layout.js';
import { widthOf } from '../output/text-width.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';

/** Explanations of the limits. */
const LIMITS: Readonly<Record<LimitName, string>> = {
  'file-read': 'read the same file in blocks of 1 MiB, from the page cache',
  'inflate-in-memory': 'inflate the first 4 MiB of the largest compressed blob, in one call',
  'sha256-in-memory': 'hash bytes in the cache of one core',
  'same-reads': 'only the reads of the walk',
  'memory-copy': 'copy memory on one core',
  write: 'write one file in blocks of 1 MiB, to the page cache',
  'write-fsync': 'write one file and fsync it',
  'same-files': 'write files of the mean size of those of the image',
};

/** Renders every stage with its limit, and a chart of the times. */
export function* renderBench(document: BenchDocument, view: View): Generator<string> {
  const { source, image, totals, machine, stages, skipped, limits, findings } = document;
  const { storedBytes, tarBytes, layers, entries } = totals;
  const size = [
    `${view.bytes(storedBytes)} in ${counted(layers, 'layer')}`,
    ...(tarBytes === storedBytes ? [] : [`${view.bytes(tarBytes)} uncompressed`]),
    counted(entries, 'entry', 'entries'),
  ];
  const facts = [
    { label: 'size', parts: size },
    { label: 'machine', parts: machineParts(machine, view) },
  ];
  yield* imageHeading(source, image, facts, view);
  yield '\n';
  yield* stageTable(stages, view);
  const notes = skipped.map(({ stage, reason }) => [
    { text: 'not measured:', paint: view.colours.dim },
    escapeForTerminal(`${stage}: ${reason}`),
  ]);
  yield* table(view, [{ title: '' }, { title: '', cut: 'end', least: 12 }], notes, {
    titles: false,
    indent: INDENT,
  });
  yield `\n${view.colours.bold('Where the time goes')}\n`;
  yield* picture(stages, view);
  yield `\n${view.colours.bold('What this machine can do')}\n`;
  const columns = [
    { title: 'limit' },
    { title: 'rate', align: 'right' },
    { title: 'of', cut: 'end', least: 12, omit: 1 },
  ] as const;
  const rows = limits.map(({ name, bytesPerSecond }) => [name, rate(bytesPerSecond, view), LIMITS[name]]);
  yield* table(view, columns, rows, { indent: INDENT });
  yield* findingsSection(findings, view);
}

function machineParts({ os: platform, arch, cpu, cpus, load, node }: Machine, view: View): string[] {
  const times = view.unicode ? '×' : 'x';
  return [
    `${cpus} ${times} ${escapeForTerminal(oneLine(cpu))}`,
    `${platform} ${arch}`,
    `Node ${node}`,
    // On a busy machine the times include waiting.
    ...(load > cpus / 2 ? [view.colours.yellow(`busy: load ${load.toFixed(1)}`)] : []),
  ];
}

function stageTable(stages: readonly Stage[], view: View): Generator<string> {
  const columns = [
    { title: 'stage' },
    { title: 'time', align: 'right' },
    { title: 'bytes', align: 'right', omit: 4 },
    { title: 'rate', align: 'right' },
    { title: 'entries', align: 'right', omit: 5 },
    { title: 'entries/s', align: 'right', omit: 2 },
    { title: 'limit', omit: 3 },
    { title: 'of limit', align: 'right', omit: 1 },
  ] as const;
  return table(
    view,
    columns,
    stages.map((stage) => stageRow(stage, view)),
    { indent: INDENT },
  );
}

function stageRow(stage: Stage, view: View): (Cell | string)[] {
  const { seconds, processedBytes: bytes, bytesPerSecond, entries, entriesPerSecond, limit, ofLimit } = stage;
  return [
    labelOf(stage),
    shortSeconds(seconds, view.unicode),
    bytes === null ? '' : view.bytes(bytes),
    bytesPerSecond === null ? '' : rate(bytesPerSecond, view),
    entries === null ? '' : String(entries),
    entriesPerSecond === null ? '' : `${shortCount(entriesPerSecond)}/s`,
    limit === null ? '' : limit.name,
    ofLimit === null ? '' : percent(ofLimit),
  ];
}

function rate(bytesPerSecond: number, view: View): string {
  return `${view.bytes(bytesPerSecond)}/s`;
}

function labelOf({ stage, threads }: Stage): string {
  if (stage === 'sha256') return 'SHA-256';
  return stage === 'inspect' ? `inspect (${counted(threads, 'thread')})` : stage;
}

const INDENT = 1;
const MOST_COLUMNS = 60;
const LEAST_COLUMNS = 4;

function* picture(stages: readonly Stage[], view: View): Generator<string> {
  const longest = Math.max(...stages.map(({ seconds }) => seconds));
  const rows = stages.map((stage) => ({
    label: labelOf(stage),
    time: shortSeconds(stage.seconds, view.unicode),
    share: longest > 0 ? stage.seconds / longest : 0,
    isWhole: stage.stage === 'inspect',
  }));
  const widest = (texts: readonly string[]): number => Math.max(...texts.map(widthOf));
  const room =
    view.width - INDENT - widest(rows.map(({ label }) => label)) - widest(rows.map(({ time }) => time));
  const columns = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, room - 2 * GAP));
  yield* table(
    view,
    [
      { title: '', cut: 'end', least: 8 },
      { title: '', align: 'right' },
      { title: '', omit: 1 },
    ],
    rows.map(({ label, time, share, isWhole }) => [
      label,
      time,
      { text: bar(share, columns, view.unicode), paint: isWhole ? view.colours.green : view.colours.cyan },
    ]),
    { titles: false, indent: INDENT },
  );
}
