/** The ecosystems of language packages, by their types in package URLs. */
export type Ecosystem = 'npm' | 'pypi' | 'gem' | 'golang' | 'maven' | 'cargo';

/** A package that a file declares. Its texts come from the image: they may have any characters. */
export interface LanguagePackage {
  readonly ecosystem: Ecosystem;
  /** The group of Maven; null in other ecosystems. The scope of npm and the path of a Go module are part of the name. */
  readonly namespace: string | null;
  /** As the package writes it, not normalised. */
  readonly name: string;
  /** Null where the file states none, such as `(devel)` of Go. */
  readonly version: string | null;
  /** As stated: identifiers or expressions of SPDX, or names of licences. */
  readonly licences: readonly string[];
  /** Such as `x86_64-linux` of a gem; null where the package runs anywhere. */
  readonly platform: string | null;
  /** The path in the file, such as `BOOT-INF/lib/core.jar` in a jar; null where the file itself declares it. */
  readonly innerPath: string | null;
  /** Whether the bytes of the file are those of the package, as of a jar, or of a program and its main module. */
  readonly isWholeFile: boolean;
}

/** What the tar header says about a regular file. */
export interface CandidateFile {
  /** Absolute, UTF-8. */
  readonly path: string;
  readonly size: number;
  /** The permission bits. */
  readonly mode: number;
}

/** A regular file whose bytes can be read at any position. */
export interface RandomAccessFile {
  readonly path: string;
  readonly size: number;
  /** Returns up to `length` bytes, fewer at the end of the file. The caller keeps `length` small. */
  read(position: number, length: number): Uint8Array;
}

/** The first bytes of a file that `accepts` receives. */
export const HEAD_BYTES = 4096;

/** Finds the packages of some ecosystems in files. Hostile files yield no packages; they never make it throw. */
export interface PackageReader {
  readonly ecosystems: readonly Ecosystem[];
  /** Decides by the header whether the file may declare packages. */
  wants(file: CandidateFile): boolean;
  /** Decides by the first HEAD_BYTES bytes whether to read on. Default: yes. */
  accepts?(head: Uint8Array): boolean;
  /** Returns the packages. Lets errors of `file.read` pass. */
  read(file: RandomAccessFile): readonly LanguagePackage[];
}
