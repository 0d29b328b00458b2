import { command, type Source } from './layers-command.ts';
import { attempt } from './processes.ts';
import { keyOf } from './tree.ts';

/** A difference in the output of `layers diff --json`. */
export interface ToldChange {
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
  a?: ToldValues;
  b?: ToldValues;
  linkedTo?: string;
  layerA?: number | null;
  layerB?: number | null;
}

export interface ToldValues {
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

export interface ToldDiff {
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
  files: ToldChange[] | null;
  findings: object[];
}

export interface DiffRun<Told> {
  /** 0 if the images are the same, 1 if they differ. */
  status: number;
  told: Told;
}

/** Returns the document of `layers diff`. Without `b`, compares two images of one archive. */
export async function diffDocument(
  a: Source,
  b: Source | null,
  flags: readonly string[] = [],
): Promise<DiffRun<ToldDiff>> {
  const { status, told } = await diff(a, b, ['--json', ...flags]);
  const document: ToldDiff = JSON.parse(told.toString());
  if (document.identical !== (status === 0)) {
    throw new Error(`identical is ${document.identical}, the exit status ${status}`);
  }
  return { status, told: document };
}

/** Returns the lines of `layers diff --format docker`. */
export async function dockerLines(
  a: Source,
  b: Source | null,
  flags: readonly string[] = [],
): Promise<string[]> {
  const { told } = await diff(a, b, ['--format', 'docker', ...flags]);
  return linesOf(told.toString());
}

/** Returns the output of `layers diff --patch`. */
export async function patchOf(a: Source, b: Source, flags: readonly string[] = []): Promise<Buffer> {
  return (await diff(a, b, ['--patch', ...flags])).told;
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
  return { status, told: stdout };
}

/** Returns the tree key of a path of a document: its text, or its exact bytes in base64. */
export function toldKey(path: string, base64: string | undefined): string {
  return base64 === undefined ? keyOf(path) : Buffer.from(base64, 'base64').toString('latin1');
}
