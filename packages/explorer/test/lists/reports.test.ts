import { historyDocument, type ImageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { SourceInfo } from '@layers/core/image';
import { adviceList, duplicatesList, historyList, type ListRows, packagesList } from '@layers/explorer';
import type { Advice } from '@layers/insight/advise';
import { duplicatesDocument } from '@layers/insight/duplicates';
import type { ImagePackage, PackagesDocument } from '@layers/insight/packages';
import type { EntrySpec } from '@layers/testing/tar-builder';
import { expect, it } from 'vitest';
import { analysedOf, press, screen } from '../support/explored.ts';
import { plainFormat } from '../support/plain-format.ts';

const directory = (path: string): EntrySpec => ({ path, type: 'directory' });
const file = (path: string, data: string): EntrySpec => ({ path, data: Buffer.from(data) });

const STACK = [
  [directory('a/'), file('a/one', 'same content'), file('b', 'x'.repeat(500))],
  [file('a/two', 'same content'), { path: '.wh.b' }],
];

type Explored = Awaited<ReturnType<typeof analysedOf>>;

/** Returns what all documents have. */
function documentOf(analysis: Explored['analysis']): {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: SourceInfo;
  readonly image: ImageInfo;
  readonly findings: [];
} {
  const { source, image } = historyDocument(analysis.image);
  return { schemaVersion: SCHEMA_VERSION, source, image, findings: [] };
}

/** Returns a screen with a list, all groups expanded, and the explorer. */
async function listed(
  rowsOf: (explored: Explored) => ListRows | Promise<ListRows>,
  keys: readonly string[] = [],
  width = 90,
) {
  const explored = await analysedOf(STACK);
  const { explorer } = explored;
  explorer.showList('duplicates', 'List', await rowsOf(explored));
  while (!explorer.work(() => true));
  press(explorer, ['E', ...keys]);
  return {
    explorer,
    lines: screen(explorer, width, 14)
      .slice(0, -1)
      .filter((line) => line !== ''),
  };
}

it('duplicates have their copies below them', async () => {
  const rowsOf = async ({ analysis, explorer: { index, format } }: Explored) =>
    duplicatesList(await duplicatesDocument(analysis), index, format);
  const { lines } = await listed(rowsOf);
  expect(lines).toEqual([
    ' Duplicates  savable 12 of 24  1 extra copy of 1 content',
    '    Savable       Size  Copies  Layer    Path',
    '>        12         12       2         v /a/one',
    '                                    0      /a/one',
    '                                    1      /a/two',
  ]);
  const { explorer } = await listed(rowsOf, ['G', 'enter']);
  expect(explorer.panes.layers.layer).toBe(1);
  const about = await listed(rowsOf, ['i']);
  expect(about.lines).toEqual([
    ' List  1-4 of 4',
    ' savable  12',
    ' size     12 in each of 2 copies',
    ' layer 0  /a/one',
    ' layer 1  /a/two',
  ]);
});

const STEP = { layer: 0, instruction: 'COPY . /' };

const ADVICE: Advice = {
  code: 'deleted-later',
  problem: 'files that a later step deletes',
  fix: 'delete them in the step that makes them',
  example: 'RUN make && rm b',
  rule: null,
  savableBytes: 500,
  pullBytes: 0,
  files: 1,
  repack: true,
  storedBy: [{ ...STEP, sizeBytes: 500 }],
  wastedBy: { layer: 1, instruction: 'RUN rm /b' },
  paths: [{ path: '/b', sizeBytes: 500, files: 1 }],
  morePaths: 1,
};

it('advice has what to do, the layers and the paths below it', async () => {
  const rowsOf = ({ analysis, explorer: { index, format } }: Explored) => {
    const totals = {
      contentBytes: 524,
      savableBytes: 500,
      repackBytes: 500,
      baseLayers: 0,
      pullBytes: 0,
      secretsIn: 'names' as const,
    };
    return adviceList({ ...documentOf(analysis), totals, advice: [ADVICE] }, index, format);
  };
  const { lines } = await listed(rowsOf);
  expect(lines).toEqual([
    ' Advice  savable 500 of 524  500 of it by layers repack --drop-waste',
    '    Savable   Files    Advice',
    '>       500       1  v files that a later step deletes',
    '                         fix: delete them in the step that makes them',
    '                         RUN make && rm b',
    '                         by layer 1  RUN rm /b',
    '        500              stored by layer 0  COPY . /',
    '        500              /b',
    '                         and 1 more path',
  ]);
  const { explorer } = await listed(rowsOf, ['G', 'k', 'enter']);
  expect(explorer.panes.layers.layer).toBe(0);
  expect(Buffer.from(explorer.index.nameOf(explorer.panes.tree.node)).toString()).toBe('b');
  const about = await listed(rowsOf, ['i']);
  expect(about.lines).toEqual([
    ' List  1-9 of 9',
    ' files that a later step deletes',
    ' savable    500 in 1 file',
    ' fix        delete them in the step that makes them',
    '            RUN make && rm b',
    '            layers repack --drop-waste saves the same without a new build',
    ' by         layer 1  RUN rm /b',
    ' stored by  layer 0  COPY . /  500',
    ' path       /b  500',
    ' and 1 more path',
  ]);
});

it('the history has all steps with their sizes', async () => {
  const rowsOf = ({ analysis, explorer: { format } }: Explored) => {
    const document = historyDocument(analysis.image);
    const [newest, oldest] = document.history;
    if (newest === undefined || oldest === undefined) throw new Error('no history');
    const empty = {
      ...oldest,
      layer: null,
      instruction: 'ENV a=b',
      contentBytes: 0,
      storedBytes: 0,
      diffId: null,
    };
    return historyList({ ...document, history: [newest, { ...empty, emptyLayer: true }, oldest] }, format);
  };
  const { lines } = await listed(rowsOf);
  expect(lines).toEqual([
    ' History  3 steps, the newest first',
    '  Layer    Content     Stored  Instruction',
    '>     1         12       2560  STEP 1',
    '      -          0          0  ENV a=b',
    '      0        512       3584  STEP 0',
  ]);
  const { explorer } = await listed(rowsOf, ['G', 'enter']);
  expect(explorer.panes.layers.layer).toBe(0);
  const about = await listed(rowsOf, ['j', 'enter']);
  expect(about.lines).toEqual([
    ' List  1-3 of 3',
    ' a step without a layer',
    ' ENV a=b',
    ' created  2024-05-06T07:08:09Z',
  ]);
});

const MUSL: ImagePackage = {
  type: 'apk',
  name: 'musl',
  version: '1.2.5-r1',
  architecture: 'x86_64',
  purl: 'pkg:apk/alpine/musl@1.2.5-r1',
  source: { name: 'musl', version: null },
  licences: ['MIT'],
  supplier: null,
  sizeBytes: 700,
  sizeFrom: 'files',
  path: '/a/two',
  innerPath: null,
  layer: 1,
  instruction: 'RUN apk add musl',
  previousVersion: '1.2.5-r0',
  visible: true,
  removedBy: null,
};

it('packages have their versions and layers', async () => {
  const rowsOf = ({ analysis, explorer: { index, format } }: Explored) => {
    const document: PackagesDocument = {
      ...documentOf(analysis),
      distribution: { id: 'alpine', versionId: '3.20', prettyName: 'Alpine Linux v3.20' },
      packages: [
        MUSL,
        { ...MUSL, name: 'zlib', sizeBytes: null, sizeFrom: null, layer: 0, previousVersion: null },
      ],
      totals: { packages: 2, hidden: 0, byType: { apk: 2 } },
    };
    return packagesList(document, index, format);
  };
  const { lines } = await listed(rowsOf);
  expect(lines).toEqual([
    ' 2 packages: apk 2  system Alpine Linux v3.20',
    '       Size  Name                Version             Type      Layer  Instruction',
    '>       700  musl                1.2.5-r1 <- 1.2.5~  apk           1  RUN apk add musl',
    '             zlib                1.2.5-r1            apk           0  RUN apk add musl',
  ]);
  const { explorer } = await listed(rowsOf, ['enter']);
  expect(explorer.panes.layers.layer).toBe(1);
  expect(Buffer.from(explorer.index.nameOf(explorer.panes.tree.node)).toString()).toBe('two');
  const about = await listed(rowsOf, ['i']);
  expect(about.lines).toEqual([
    ' List  1-10 of 10',
    ' musl 1.2.5-r1',
    ' type       apk',
    ' arch       x86_64',
    ' size       700',
    ' brought by layer 1  RUN apk add musl',
    ' replaced   1.2.5-r0',
    ' purl       pkg:apk/alpine/musl@1.2.5-r1',
    ' source     musl',
    ' licences   MIT',
    ' listed in  /a/two',
  ]);
});

it('texts of megabytes are cut before they are escaped', async () => {
  const lengths: number[] = [];
  const counted = (text: string): string => {
    lengths.push(text.length);
    return text;
  };
  const format = { ...plainFormat, text: counted, instruction: counted };
  const long = 'x'.repeat(2_000_000);
  await listed(({ analysis }) => {
    const document = historyDocument(analysis.image);
    const history = document.history.map((step) => ({ ...step, instruction: long, created: long }));
    return historyList({ ...document, history }, format);
  });
  expect(lengths.length).toBeGreaterThan(3);
  expect(Math.max(...lengths)).toBe(1000);
});
