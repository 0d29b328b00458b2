import { command, type Source } from './layers-command.ts';
import { attempt } from './processes.ts';
import { keyOf } from './tree.ts';

/** A difference in the output of `layers diff --json`. */
export interface ReportedChange {
  path: string;
  pathBase64?: string;
  change: 'added' | 'removed' | 'changed' | 'renamed';
  type: string;
  fields?: string[];
  sizeBytesA?: number;
  sizeBytesB?: number;
  from?: string;
  fromBase64?: string;
  entries?: number;
  a?: ReportedValues;
  b?: ReportedValues;
  linkedTo?: string;
  layerA?: number | null;
  layerB?: number | null;
}

export interface ReportedValues {
  type?: string;
  mode?: number;
  uid?: number;
  gid?: number;
  linkname?: string;
  linknameBase64?: string;
  devmajor?: number;
  devminor?: number;
  xattrs?: Record<string, string>;
  hardlinks?: string[];
  mtime?: number;
  mtimeNs?: number;
}

export interface ReportedDiff {
  identical: boolean;
  a: object;
  b: object;
  ignore: string[];
  ignored: { what: string; count: number }[];
  totals: { added: number; removed: number; changed: number; renamed: number; deltaBytes: number } | null;
  layers: {
    prefix: number;
    shared: object[];
    sameTree: object[];
    onlyInA: object[];
    onlyInB: object[];
  } | null;
  config: object[] | null;
  history: object[] | null;
  packages: { databases: object[]; changes: object[] } | null;
  files: ReportedChange[] | null;
  findings: object[];
}

export interface DiffRun<Output> {
  /** 0 if the images are the same, 1 if they differ. */
  status: number;
  reported: Output;
}

/** Returns the document of `layers diff`. Without `b`, compares two images of one archive. */
export async function diffDocument(
  a: Source,
  b: Source | null,
  flags: readonly string[] = [],
): Promise<DiffRun<ReportedDiff>> {
  const { status, reported } = await diff(a, b, ['--json', ...flags]);
  const document: ReportedDiff = JSON.parse(reported.toString());
  if (document.identical !== (status === 0)) {
    throw new Error(`identical is ${document.identical}, the exit status ${status}`);
  }
  return { status, reported: document };
}

/** Returns the lines of `layers diff --format docker`. */
export async function dockerLines(
  a: Source,
  b: Source | null,
  flags: readonly string[] = [],
): Promise<string[]> {
  const { reported } = await diff(a, b, ['--format', 'docker', ...flags]);
  return linesOf(reported.toString());
}

/** Returns the output of `layers diff --patch`. */
export async function patchOf(a: Source, b: Source, flags: readonly string[] = []): Promise<Buffer> {
  return (await diff(a, b, ['--patch', ...flags])).reported;
}

/** Names can contain line breaks, so an element can be a part of a name. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function diff(a: Source, b: Source | null, flags: readonly string[]): Promise<DiffRun<Buffer>> {
  const choiceA = a.image === undefined ? [] : ['--image', a.image];
  const choiceB = b?.image === undefined ? [] : ['--image-b', b.image];
  const args = [command, 'diff', ...flags, ...choiceA, ...choiceB, a.path, ...(b === null ? [] : [b.path])];
  const { status, stdout, stderr } = await attempt(process.execPath, args);
  if (status !== 0 && status !== 1) {
    throw new Error(`layers ${args.slice(1).join(' ')}: exit ${status}\n${stderr.slice(-4000)}`);
  }
  return { status, reported: stdout };
}

/** Returns the tree key of a path of a document: its text, or its exact bytes in base64. */
export function toldKey(path: string, base64: string | undefined): string {
  return base64 === undefined ? keyOf(path) : Buffer.from(base64, 'base64').toString('latin1');
}
