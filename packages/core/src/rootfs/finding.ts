/** What one layer's tar holds that is odd and was tolerated, or what joining it to the layers below showed. */
export type LayerFindingCode =
  | 'name-climbs-out'
  | 'name-too-long'
  | 'name-has-nul'
  | 'reserved-name'
  | 'bare-whiteout'
  | 'root-not-directory'
  | 'unknown-type'
  | 'tar-oddity'
  | 'whiteout-of-nothing'
  | 'whiteout-with-entry'
  | 'duplicate-entry'
  | 'parent-not-directory'
  | 'link-to-lower-layer'
  | 'link-before-target'
  | 'dangling-link'
  | 'link-to-directory'
  | 'more-findings';

export interface LayerFinding {
  readonly code: LayerFindingCode;
  /** The path that it is about, from the root, where there is one. */
  readonly path: string | null;
  /** Position in bytes in the layer's tar, where one is known. */
  readonly offset: number | null;
  readonly message: string;
}

/** No layer reports more findings of a code than this; the rest are counted. */
export const MAX_FINDINGS_OF_A_CODE = 50;

export interface FindingList {
  add(finding: LayerFinding): void;
  /** What was added, and one finding for each code of which more were met than are kept. */
  list(): LayerFinding[];
}

export function createFindingList(): FindingList {
  const kept: LayerFinding[] = [];
  const counts = new Map<LayerFindingCode, number>();
  return {
    add(finding) {
      const count = (counts.get(finding.code) ?? 0) + 1;
      counts.set(finding.code, count);
      if (count <= MAX_FINDINGS_OF_A_CODE) kept.push(finding);
    },
    list() {
      const more: LayerFinding[] = [];
      for (const [code, count] of counts) {
        if (count <= MAX_FINDINGS_OF_A_CODE) continue;
        const message = `${count - MAX_FINDINGS_OF_A_CODE} more findings of the code ${code}`;
        more.push({ code: 'more-findings', path: null, offset: null, message });
      }
      return [...kept, ...more];
    },
  };
}
