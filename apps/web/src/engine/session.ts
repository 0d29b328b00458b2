import { type Analysis, analyse, catFile, inspectDocument, jsonText } from '@layers/core/analysis';
import { ALL_PATHS, compareSections, IGNORED_BY_DEFAULT, SECTIONS } from '@layers/core/diff';
import {
  type Archive,
  changesetOf,
  type ImageInArchive,
  openArchive,
  readImage,
  readPair,
  selectImageOrArtifact,
} from '@layers/core/image';
import { formatPlatform } from '@layers/core/oci';
import { PathEvents } from '@layers/insight/events';
import { pairReport } from '@layers/report/collect';
import type { ReportData } from '@layers/report/data';
import type {
  ChosenFile,
  ImageLabel,
  ImagePlace,
  Inspected,
  OpenedArchive,
  Progress,
  Request,
  Results,
} from '../messages/messages.js';
import { blobSource } from './blob-source.js';
import { chosenDirectory, directoryName } from './chosen-directory.js';
import { problemOf } from './problem-of.js';
import { quickReport, wholeReport } from './reports.js';

/** As many wasted contents as the command shows unless it is told otherwise. */
const TOP = 10;
/** What `layers diff` compares unless it is told otherwise. */
const AS_THE_COMMAND = {
  sections: new Set(SECTIONS),
  ignore: new Set(IGNORED_BY_DEFAULT),
  filter: ALL_PATHS,
  patches: null,
};
/** A browser keeps a large Blob on disk. */
const BLOB_PART_BYTES = 4 * 1024 * 1024;
/** What an image layout or an extracted archive has at its top. */
const DOCUMENTS = new Set(['index.json', 'manifest.json', 'repositories', 'oci-layout']);

/** An archive, and its images; where it has none, the artifact in it. */
interface ReadArchive {
  readonly archive: Archive;
  readonly images: Archive['images'];
}

/** The image that all requests are about. */
interface Current {
  readonly analysis: Analysis;
  readonly events: PathEvents;
}

/** Opens the archives that the user chose, and answers what the page asks about one image at a time. */
export class Session {
  readonly #onProgress: (progress: Progress) => void;
  #archives: readonly (ReadArchive | null)[] = [];
  #image: Current | null = null;
  #doneBytes = 0;
  #totalBytes = 0;

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
  }

  /** Throws LayersError. */
  answer(request: Request): Promise<Results[Request['do']]> {
    switch (request.do) {
      case 'open':
        return this.#open(request.files);
      case 'inspect':
        return this.#inspect(request);
      case 'compare':
        return this.#compare(request.a, request.b);
      case 'study':
        return this.#study();
      case 'file':
        return blobOf(catFile(this.#current().analysis, request));
    }
  }

  async #open(files: readonly ChosenFile[]): Promise<readonly OpenedArchive[]> {
    this.#image = null;
    const archives: (ReadArchive | null)[] = [];
    const opened: OpenedArchive[] = [];
    this.#expect(files.reduce((sum, { file }) => sum + file.size, 0));
    for (const { name, open } of this.#inputsOf(files)) {
      try {
        const archive = await open();
        const images = archive.images.length > 0 ? archive.images : [selectImageOrArtifact(archive, {})];
        archives.push({ archive, images });
        opened.push({ name, images: images.map(labelOf) });
      } catch (error) {
        archives.push(null);
        opened.push({ name, problem: problemOf(error) });
      }
    }
    this.#archives = archives;
    return opened;
  }

  async #inspect(place: ImagePlace): Promise<Inspected> {
    const { archive, image: description } = this.#chosen(place);
    this.#expect(archive.source.sizeBytes ?? 0);
    const image = await readImage(archive, description);
    const events = new PathEvents(image.layers.map(changesetOf));
    const analysis = analyse(image, events.union);
    const json = [...jsonText(inspectDocument(analysis, { top: TOP }))].join('');
    this.#image = { analysis, events };
    return { json, report: quickReport(analysis, events) };
  }

  async #compare(placeA: ImagePlace, placeB: ImagePlace): Promise<Inspected> {
    const [chosenA, chosenB] = [this.#chosen(placeA), this.#chosen(placeB)];
    const archives = new Set([chosenA.archive, chosenB.archive]);
    this.#expect([...archives].reduce((sum, { source }) => sum + (source.sizeBytes ?? 0), 0));
    const [a, b] = await readPair(chosenA, chosenB);
    this.#expect(0);
    const diff = await compareSections(a, b, { ...AS_THE_COMMAND, onProgress: this.#onProgress });
    return { json: [...jsonText(diff)].join(''), report: await pairReport(a, b, diff, null) };
  }

  /** Returns an image. That of earlier requests is forgotten, so that its memory is free. */
  #chosen({ archive: at, image: imageAt }: ImagePlace): ImageInArchive {
    this.#image = null;
    const { archive, images } = this.#archives[at] ?? { archive: null, images: [] };
    const image = images[imageAt];
    if (archive === null || image === undefined) throw new RangeError('no such image');
    return { archive, image };
  }

  #study(): Promise<ReportData> {
    const { analysis, events } = this.#current();
    this.#expect(0);
    return wholeReport(analysis, events, this.#onProgress);
  }

  #current(): Current {
    if (this.#image === null) throw new RangeError('no image was read');
    return this.#image;
  }

  /** One directory is one archive; of other files, each is one. */
  #inputsOf(files: readonly ChosenFile[]): { name: string; open: () => Promise<Archive> }[] {
    const directories = new Map<string, ChosenFile[]>();
    for (const file of files) {
      const name = directoryName(file.path);
      directories.set(name, [...(directories.get(name) ?? []), file]);
    }
    return [...directories].flatMap(([name, inDirectory]) => {
      const isLayout =
        name !== '' && inDirectory.some(({ path }) => DOCUMENTS.has(path.slice(name.length + 1)));
      if (isLayout) {
        const directory = chosenDirectory(inDirectory);
        return [{ name, open: () => openArchive({ directory, path: name }) }];
      }
      return inDirectory.map(({ path, file }) => ({
        name: path,
        open: () => openArchive({ source: blobSource(file, path, this.#onRead), path }),
      }));
    });
  }

  #expect(totalBytes: number): void {
    this.#doneBytes = 0;
    this.#totalBytes = totalBytes;
  }

  readonly #onRead = (bytes: number): void => {
    if (this.#totalBytes === 0) return;
    this.#doneBytes = Math.min(this.#totalBytes, this.#doneBytes + bytes);
    this.#onProgress({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
  };
}

function labelOf({ id, tags, platform, layers }: Archive['images'][number]): ImageLabel {
  return { id, tags, platform: platform === null ? null : formatPlatform(platform), layers: layers.length };
}

async function blobOf(content: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: Blob[] = [];
  let pending: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const flush = () => {
    parts.push(new Blob(pending));
    pending = [];
    bytes = 0;
  };
  for await (const chunk of content) {
    pending.push(new Uint8Array(chunk));
    bytes += chunk.length;
    if (bytes >= BLOB_PART_BYTES) flush();
  }
  flush();
  return new Blob(parts);
}
