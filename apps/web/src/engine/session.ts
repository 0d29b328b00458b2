import { type Analysis, analyse, catFile, inspectDocument, jsonText } from '@layers/core/analysis';
import { type Archive, changesetOf, openArchive, readImage, selectImageOrArtifact } from '@layers/core/image';
import { formatPlatform } from '@layers/core/oci';
import { PathEvents } from '@layers/insight/events';
import type { ReportData } from '@layers/report/data';
import type {
  ChosenFile,
  ImageLabel,
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
        return this.#inspect(request.archive, request.image);
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

  async #inspect(archiveAt: number, imageAt: number): Promise<Inspected> {
    this.#image = null;
    const { archive, images } = this.#archives[archiveAt] ?? { archive: null, images: [] };
    const description = images[imageAt];
    if (archive === null || description === undefined) throw new RangeError('no such image');
    this.#expect(archive.source.sizeBytes ?? 0);
    const image = await readImage(archive, description);
    const events = new PathEvents(image.layers.map(changesetOf));
    const analysis = analyse(image, events.union);
    const json = [...jsonText(inspectDocument(analysis, { top: TOP }))].join('');
    this.#image = { analysis, events };
    return { json, report: quickReport(analysis, events) };
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
