// Writes the public API of each package to api/NAME.api.md: every export of its index with its declaration, sorted.
// With --check, it writes nothing, and fails if a report differs. It always fails for a declaration that mentions a type
// that no package exports, or a type of @types/node or of another library. Needs a build.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { root } from './setup.mjs';

const PACKAGES = ['errors', 'gotemplate', 'tar', 'core', 'rewrite', 'store', 'registry', 'insight', 'fleet'];
/** A global that both the DOM library and @types/node declare: a program has one of them. */
const ALLOWED_GLOBALS = new Set(['AbortSignal']);

const entryOf = (name) => join(root, 'packages', name, 'dist', 'index.d.ts');
const program = ts.createProgram(PACKAGES.map(entryOf), {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  typeRoots: [join(root, 'node_modules', '@types')],
  strict: true,
  noEmit: true,
});
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

const packages = PACKAGES.map((name) => {
  const source = program.getSourceFile(entryOf(name));
  if (source === undefined) throw new Error(`${entryOf(name)} does not exist: run npm run build`);
  const module = checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entryOf(name)} exports nothing`);
  const exported = new Map();
  for (const symbol of checker.getExportsOfModule(module)) exported.set(symbol.name, resolved(symbol));
  return { name, exported };
});
/** The symbols that some package exports. */
const known = new Set(packages.flatMap(({ exported }) => [...exported.values()]));

const problems = [];
const reports = packages.map(({ name, exported }) => {
  const blocks = [...exported].sort(([a], [b]) => (a < b ? -1 : 1)).map((entry) => blockOf(name, ...entry));
  const text = [
    `# API of @layers/${name}`,
    '',
    'Made by `npm run api`; do not edit.',
    '',
    '```ts',
    blocks.join('\n\n'),
    '```',
    '',
  ].join('\n');
  return { file: join(root, 'api', `${name}.api.md`), text };
});

const isCheck = process.argv.includes('--check');
if (!isCheck) mkdirSync(join(root, 'api'), { recursive: true });
for (const { file, text } of reports) {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!isCheck) writeFileSync(file, text);
  else if (old !== text)
    problems.push(
      `${relative(root, file)} differs from the sources (${firstDifference(old, text)}): npm run api`,
    );
}
for (const problem of problems) console.error(`api: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else
  console.error(
    `api: ${packages.map(({ name, exported }) => `${name} ${exported.size}`).join(', ')} exports`,
  );

function resolved(symbol) {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** The declarations of one export, without comments. */
function blockOf(packageName, exportName, symbol) {
  const declarations = symbol.declarations ?? [];
  const home = packageOf(declarations[0]);
  if (home !== packageName) return `export { ${exportName} } from '@layers/${home}';`;
  return declarations
    .map((declaration) => {
      const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
      // `(typeof SECTIONS)[number]` says less than the names themselves.
      if (ts.isTypeAliasDeclaration(node) && /\btypeof\b/.test(node.type.getText())) {
        const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
        const type = checker.getTypeAtLocation(node);
        return `export type ${exportName} = ${checker.typeToString(type, node, flags)};`;
      }
      checkTypes(node, `@layers/${packageName}: ${exportName}`);
      return (
        printer
          .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
          .replace(/\n +#private;/, '')
          .replaceAll(/\n +private [^\n]*/g, '')
          // Versions of TypeScript differ in the quotes of the declarations that they write.
          .replaceAll(/'([^'"\\\n]*)'/g, '"$1"')
      );
    })
    .join('\n');
}

/** The package of a declaration, null for one of a library. */
function packageOf(declaration) {
  const path = declaration === undefined ? '' : relative(root, declaration.getSourceFile().fileName);
  const [top, name] = path.split(sep);
  return top === 'packages' && !path.includes('node_modules') ? name : null;
}

function checkTypes(node, where) {
  if (ts.isPropertyDeclaration(node) && isPrivate(node)) return;
  const name = nameOfType(node);
  if (name !== undefined) checkSymbol(name, where);
  ts.forEachChild(node, (child) => checkTypes(child, where));
}

function isPrivate(node) {
  return ts.isPrivateIdentifier(node.name) || ts.getCombinedModifierFlags(node) === ts.ModifierFlags.Private;
}

function nameOfType(node) {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isTypeQueryNode(node)) return node.exprName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isImportTypeNode(node)) return node.qualifier;
  // The name of a computed property, such as a unique symbol.
  if (ts.isComputedPropertyName(node)) return node.expression;
  return undefined;
}

function checkSymbol(name, where) {
  const found = checker.getSymbolAtLocation(name);
  if (found === undefined) {
    problems.push(`${where} mentions ${name.getText()}, which cannot be resolved`);
    return;
  }
  const symbol = resolved(found);
  if ((symbol.flags & ts.SymbolFlags.TypeParameter) !== 0 || known.has(symbol)) return;
  // A symbol that names a property: no type that a user has to name.
  if (ts.isComputedPropertyName(name.parent)) return;
  const [declaration] = symbol.declarations ?? [];
  if (declaration !== undefined && program.isSourceFileDefaultLibrary(declaration.getSourceFile())) return;
  const home = packageOf(declaration);
  if (home !== null) problems.push(`${where} mentions ${symbol.name}, which @layers/${home} does not export`);
  else if (!ALLOWED_GLOBALS.has(symbol.name))
    problems.push(
      `${where} mentions ${symbol.name} of ${declaration?.getSourceFile().fileName ?? 'a library'}`,
    );
}

function firstDifference(old, text) {
  const [oldLines, lines] = [old.split('\n'), text.split('\n')];
  const line = lines.findIndex((content, i) => content !== oldLines[i]);
  return line === -1 ? 'it has more lines' : `line ${line + 1}: ${lines[line]}`;
}
