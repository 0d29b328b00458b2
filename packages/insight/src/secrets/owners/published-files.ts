import { NONE, ROOT, splitNames, type Union } from '@layers/core/rootfs';

/** A package of a language that a file belongs to by its path. */
export interface PublishedPackage {
  readonly system: 'npm' | 'go' | 'python' | 'rust' | 'ruby' | 'composer';
  readonly name: string;
}

/** A place where a language keeps its packages. */
interface PackagePlace {
  readonly system: PublishedPackage['system'];
  /** Matches the root of a package, its name, and the path in it. */
  readonly pattern: RegExp;
  /** A path below the root that every package has, so that other directories with such names are no packages. */
  readonly proof: string | null;
}

const PLACES: readonly PackagePlace[] = [
  {
    system: 'npm',
    pattern: /^(?<root>.*\/node_modules\/(?<name>(?:@[^/.][^/]*\/)?[^/.@][^/]*))\/(?<rest>.+)$/,
    proof: 'package.json',
  },
  { system: 'go', pattern: /^(?<root>.*\/pkg\/mod\/(?<name>[^@]+)@v[^/]+)\/(?<rest>.+)$/, proof: null },
  {
    system: 'python',
    pattern: /^(?<root>.*\/(?:site|dist)-packages\/(?<name>[^/]+))\/(?<rest>.+)$/,
    proof: '__init__.py',
  },
  {
    system: 'python',
    pattern:
      /^(?<root>.*\/lib(?:64)?\/(?<name>python\d[\d.]*))\/(?<rest>(?!site-packages\/|dist-packages\/).+)$/,
    proof: 'os.py',
  },
  {
    system: 'rust',
    pattern: /^(?<root>.*\/registry\/src\/[^/]+\/(?<name>[^/]+)-\d[^/]*)\/(?<rest>.+)$/,
    proof: 'Cargo.toml',
  },
  { system: 'ruby', pattern: /^(?<root>.*\/gems\/(?<name>[^/]+)-\d[^/]*)\/(?<rest>.+)$/, proof: 'lib' },
  {
    system: 'composer',
    pattern: /^(?<root>.*\/vendor\/(?<name>[^/]+\/[^/]+))\/(?<rest>.+)$/,
    proof: 'composer.json',
  },
];

/** Directories of tests, examples and documentation in a package; and single files of them. */
const NOT_CODE =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata|testcert|testing|fixtures|__fixtures__|mocks?|__mocks__|examples?|demos?|docs?|benchmarks?)\/|(?:^|\/)[^/]+(?:[._-](?:test|tests|spec|examples?)\.[a-z]{1,5}|\.(?:md|markdown|rst))$/i;

/** The sources of Go itself. Images have applications beside its directories. */
const GO_SOURCE =
  /^(?<root>.+)\/src\/(?:archive|bufio|bytes|cmd|compress|container|context|crypto|database|debug|embed|encoding|errors|expvar|fmt|go|hash|html|image|index|internal|io|log|math|mime|net|os|path|reflect|regexp|runtime|sort|strconv|strings|sync|syscall|testdata|testing|text|time|unicode|vendor)\/.+$/;

/**
 * Returns the package of a language in whose tests, examples or documentation a file is, or the sources of Go; else null.
 * Everybody can read these. A file elsewhere in the directory of a package may be configured by the user, and a directory
 * of tests outside of packages is the user's.
 */
export function publishedPackage(union: Union, path: string): PublishedPackage | null {
  const go = GO_SOURCE.exec(path)?.groups?.['root'];
  if (go !== undefined && isNamed(union, `${go}/VERSION`) && isNamed(union, `${go}/src/runtime/proc.go`))
    return { system: 'go', name: 'go' };
  for (const { system, pattern, proof } of PLACES) {
    const { root, name, rest } = pattern.exec(path)?.groups ?? {};
    if (root === undefined || name === undefined || rest === undefined || !NOT_CODE.test(rest)) continue;
    if (proof === null || isNamed(union, `${root}/${proof}`)) return { system, name };
  }
  return null;
}

/** Whether any layer has a path: a later layer may delete the package and leave its files in the layers. */
function isNamed({ nodes }: Union, path: string): boolean {
  let node = ROOT;
  for (const name of splitNames(Buffer.from(path))) {
    node = nodes.find(node, name, 0, name.length);
    if (node === NONE) return false;
  }
  return true;
}
