import { createFinding, type Finding } from '@layers/core/findings';
import type { ContentTask } from '../contents/content-task.js';
import type { Ecosystem, LanguagePackage } from '../languages/language-package.js';
import type { ManifestFile } from './manifest-files.js';
import type { ReadManifest } from './manifest-packages.js';

/** Limits, several times those of the largest images. */
const MAX_MANIFESTS = 200_000;
const MAX_PACKAGES = 500_000;

/** Reads manifests while the layers of an image are read, up to limits. */
export class ManifestPackages {
  readonly #files: ManifestFile[] = [];
  readonly #read: ReadManifest[] = [];
  #packages = 0;
  #isCut = false;
  readonly #isWanted: (ecosystem: Ecosystem) => boolean;

  /** @param isWanted decides which packages count: a program may have those of several ecosystems */
  constructor(files: Iterable<ManifestFile>, isWanted: (ecosystem: Ecosystem) => boolean) {
    this.#isWanted = isWanted;
    for (const file of files) {
      if (this.#files.length === MAX_MANIFESTS) {
        this.#isCut = true;
        break;
      }
      this.#files.push(file);
    }
  }

  /** The manifests that declare packages. */
  get read(): readonly ReadManifest[] {
    return this.#read;
  }

  get findings(): readonly Finding[] {
    if (!this.#isCut) return [];
    const message = `only ${this.#files.length} manifests with ${this.#packages} packages were read`;
    return [createFinding('packages-not-listed', message)];
  }

  /** Returns the contents to read, by layer. */
  *tasks(): Generator<{ readonly layer: number; readonly task: ContentTask }> {
    for (const file of this.#files) {
      const { reader, layer, entry } = file;
      const takePackages = (packages: readonly LanguagePackage[]): void => this.#take(file, packages);
      const task: ContentTask = {
        entry,
        path: Buffer.from(file.path).toString('utf8'),
        accepts: reader.accepts?.bind(reader),
        take: (content) => takePackages(reader.read(content)),
        packages: { reader, take: takePackages },
      };
      yield { layer, task };
    }
  }

  #take(file: ManifestFile, all: readonly LanguagePackage[]): void {
    const found = all.filter(({ ecosystem }) => this.#isWanted(ecosystem));
    const packages = found.slice(0, MAX_PACKAGES - this.#packages);
    if (packages.length < found.length) this.#isCut = true;
    this.#packages += packages.length;
    if (packages.length > 0) this.#read.push({ file, packages });
  }
}
