import { command, type Source } from './layers-command.ts';
import { attempt } from './processes.ts';
import { keyOf } from './tree.ts';

/** One difference between two trees as `layers diff --json` tells it. */
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
  /** 0 where nothing differs that counts, 1 where something does. */
  status: number;
  told: Told;
}

/** The document of `layers diff`; any exit status but 0 and 1 is an error. Without `b`, of images of one archive. */
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

/** The lines of `layers diff --format docker`, in their order. */
export async function dockerLines(
  a: Source,
  b: Source | null,
  flags: readonly string[] = [],
): Promise<string[]> {
  const { told } = await diff(a, b, ['--format', 'docker', ...flags]);
  return linesOf(told.toString());
}

/** What `layers diff --patch` prints. */
export async function patchOf(a: Source, b: Source, flags: readonly string[] = []): Promise<Buffer> {
  return (await diff(a, b, ['--patch', ...flags])).told;
}

/** A name may hold a line break, so that these need not be whole lines. */
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

/** The tree key of a path that a document tells as text, or exactly in base64 where it is no text. */
export function toldKey(path: string, base64: string | undefined): string {
  return base64 === undefined ? keyOf(path) : Buffer.from(base64, 'base64').toString('latin1');
}
