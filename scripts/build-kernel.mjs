// Compiles packages/tar/assembly to WebAssembly, and writes it as text into packages/tar/src/kernel/code.ts. With --check, fails
// where that file has other code.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const sourceFile = fileURLToPath(new URL('../packages/tar/assembly/plain-headers.ts', import.meta.url));
const codeFile = fileURLToPath(new URL('../packages/tar/src/kernel/code.ts', import.meta.url));

/** Memory in pages of 64 KiB: the window, two pools and the columns. */
const PAGES = '7';

/** Returns the text of code.ts. */
async function compileKernel() {
  const source = readFileSync(sourceFile, 'utf8');
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...[
        'kernel.ts',
        '--outFile',
        'kernel.wasm',
        '-O3',
        '--noAssert',
        '--runtime',
        'stub',
        '--enable',
        'simd',
      ],
      // What the compiler itself keeps lies behind the columns.
      ...['--memoryBase', String(6 * 65536), '--initialMemory', PAGES, '--maximumMemory', PAGES],
    ],
    {
      readFile: (name) => (name === 'kernel.ts' ? source : null),
      writeFile: (name, contents) => {
        if (name === 'kernel.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(/.{1,100}/g).map((line) => `  '${line}',`);
  return [
    '// Written by `npm run kernel` from packages/tar/assembly/plain-headers.ts.',
    '',
    '/** The WebAssembly code of the kernel, in base64. */',
    'export const KERNEL_CODE: string = [',
    ...lines,
    "].join('');",
    '',
  ].join('\n');
}

const code = await compileKernel();
if (process.argv.includes('--check')) process.exitCode = readFileSync(codeFile, 'utf8') === code ? 0 : 1;
else writeFileSync(codeFile, code);
