import { Kind } from '@layers/core/rootfs';
import { Mark, markChanges } from './changes.js';
import type { PathIndex } from './path-index.js';
import { addUp } from './totals.js';
import { wastedIn } from './wasted.js';

/** What is in a directory. */
export interface DirectorySums {
  /** The files after a layer, each name of a content. */
  readonly files: number;
  /** Their bytes; a content with several names counts once. */
  readonly bytes: number;
  /** The bytes that any layer stores in it and that are wasted. */
  readonly wastedBytes: number;
}

/** Adds up what is in a directory after a layer. */
export function directorySums(index: PathIndex, directory: number, layer: number): DirectorySums {
  const range = { from: 0, to: layer, marks: false };
  const marks = finished(markChanges(index, range));
  const { bytes } = finished(addUp(index, marks, range, null));
  const wasted = finished(wastedIn(index, { from: 0, to: index.layers.length - 1, marks: false }));
  let files = 0;
  let wastedBytes = 0;
  for (const node of nodesBelow(index, directory)) {
    wastedBytes += wasted.bytes[node] ?? 0;
    if (marks[node] === Mark.same && index.stateAt(node, layer)?.kind === Kind.file) files++;
  }
  return { files, bytes: bytes[directory] ?? 0, wastedBytes };
}

/** Generates the nodes in a directory, and in those in it. */
export function* nodesBelow(index: PathIndex, directory: number): Generator<number> {
  const inside = new Uint8Array(index.count);
  inside[directory] = 1;
  // A node comes after its directory.
  for (let node = directory + 1; node < index.count; node++) {
    if (inside[index.parentOf(node)] !== 1) continue;
    inside[node] = 1;
    yield node;
  }
}

function finished<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
