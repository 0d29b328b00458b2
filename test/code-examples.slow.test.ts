import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';

// Compiles and runs the code of the packages' READMEs and of docs/library.md as a program that imports the built
// packages by their names. It must compile with the strict settings, for Node and for bundlers.

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'layers-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PACKAGES = ['errors', 'gotemplate', 'tar', 'core', 'rewrite', 'store', 'registry', 'insight', 'fleet'];
mkdirSync(join(folder, 'node_modules', '@layers'), { recursive: true });
for (const name of PACKAGES)
  symlinkSync(join(root, 'packages', name), join(folder, 'node_modules', '@layers', name));
symlinkSync(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
symlinkSync(join(root, 'examples'), join(folder, 'examples'));
writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));

const demo = join(root, 'examples/demo.tar');
interface Example {
  readonly file: string;
  /** The first block of a README; all blocks of a page, one after the other. */
  readonly blocks: 'first' | 'all';
  readonly args: readonly string[];
}
const EXAMPLES: readonly Example[] = [
  { file: 'packages/errors/README.md', blocks: 'first', args: [] },
  { file: 'packages/gotemplate/README.md', blocks: 'first', args: [] },
  { file: 'packages/tar/README.md', blocks: 'first', args: [demo] },
  { file: 'packages/core/README.md', blocks: 'first', args: [demo] },
  { file: 'packages/rewrite/README.md', blocks: 'first', args: [demo, 'repacked.tar'] },
  {
    file: 'packages/store/README.md',
    blocks: 'first',
    args: [],
  },
  { file: 'packages/insight/README.md', blocks: 'first', args: [demo] },
  { file: 'packages/fleet/README.md', blocks: 'first', args: [demo] },
  { file: 'docs/library.md', blocks: 'all', args: [] },
];

function codeOf({ file, blocks }: Example): string {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map(([, code = '']) => code);
  expect(found.length, file).toBeGreaterThan(0);
  return found.slice(0, blocks === 'first' ? 1 : undefined).join('\n');
}

const sources = EXAMPLES.map((example, i) => {
  const path = join(folder, `example-${i}.ts`);
  const code = codeOf(example);
  writeFileSync(path, `${code}\nexport {};\n`);
  return { ...example, path, code };
});

function problemsWith(files: readonly string[], options: ts.CompilerOptions): string[] {
  const program = ts.createProgram(files, { strict: true, noEmit: true, ...options });
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

const files = sources.map(({ path }) => path);
const common = {
  target: ts.ScriptTarget.ES2022,
  types: ['node'],
  typeRoots: [join(folder, 'node_modules/@types')],
};

test('examples compile with the module resolution of Node', () => {
  expect(problemsWith(files, { ...common, module: ts.ModuleKind.NodeNext })).toEqual([]);
});

test('examples compile with the module resolution of bundlers', () => {
  const options = {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    skipLibCheck: true,
  };
  expect(problemsWith(files, { ...common, ...options })).toEqual([]);
});

test('the packages compile in a program without @types/node', () => {
  const path = join(folder, 'all.ts');
  const imports = PACKAGES.map((name) => `import * as ${name} from '@layers/${name}';`).join('\n');
  writeFileSync(
    path,
    `${imports}
export const image: Promise<core.Image> = core.openImage(new Uint8Array(0), { signal: AbortSignal.timeout(1) });
export const readers = [tar.walkTar, rewrite.writeImage, store.openStore, errors.isLayersError];
`,
  );
  const lib = ['lib.es2023.d.ts', 'lib.dom.d.ts'];
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], lib };
  expect(problemsWith([path], { ...options, skipLibCheck: false })).toEqual([]);
});

for (const { file, code, args } of sources) {
  test(`the code of ${file} runs`, () => {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const script = join(folder, `${file.replaceAll('/', '-')}.mjs`);
    writeFileSync(script, outputText);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toBe('');
  });
}
