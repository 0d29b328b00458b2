import type { Changeset } from '@layers/core/rootfs';
import type { Attributes } from '../data/report-data.js';

/** Of a directory without an entry. */
const DEFAULT: Attributes = [0o755, 0, 0];

/** The modes and owners that occur, each once. */
export class AttributeTable {
  readonly #rows: Attributes[] = [DEFAULT];
  readonly #indexes = new Map<string, number>([[DEFAULT.join(), 0]]);
  #last = { mode: 0o755, uid: 0, gid: 0, index: 0 };

  get rows(): readonly Attributes[] {
    return this.#rows;
  }

  /** Returns the position of the attributes of an entry. */
  indexOf({ mode: modes, uid: uids, gid: gids }: Changeset, entry: number): number {
    const [mode, uid, gid] = [modes[entry] ?? 0, uids[entry] ?? 0, gids[entry] ?? 0];
    const last = this.#last;
    if (last.mode === mode && last.uid === uid && last.gid === gid) return last.index;
    const key = `${mode},${uid},${gid}`;
    const index = this.#indexes.get(key) ?? this.#rows.length;
    if (index === this.#rows.length) {
      this.#rows.push([mode, uid, gid]);
      this.#indexes.set(key, index);
    }
    this.#last = { mode, uid, gid, index };
    return index;
  }
}
