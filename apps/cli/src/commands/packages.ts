import { escapeJsonText } from '@layers/core/analysis';
import { withAtomicFile } from '@layers/core/io';
import { type PackagesDocument, type PackageType, packagesDocument } from '@layers/insight/packages';
import { usageError } from '../command-error.js';
import type { ExitStatus } from '../exit-status.js';
import type { PackageWord, SbomFormat } from '../flags/package-words.js';
import { sourceDateEpoch } from '../flags/source-date-epoch.js';
import { withImage } from '../input/inputs.js';
import { inputPath } from '../input/open-input.js';
import { createProgress, showsProgress } from '../output/progress.js';
import { renderPackages } from '../render/packages.js';
import { present, presentFindings } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';
import type { FormatRequest } from '../template/format-request.js';
import { VERSION } from '../version.js';
import { outputPath, refuseEarly, refuseInputAsOutput } from '../write/check-output.js';
import { refuseImageOutput } from '../write/output-name.js';

export interface PackagesFlags extends ImageFlags {
  readonly type?: readonly PackageWord[];
  readonly allLayers?: boolean;
  readonly top?: number;
  readonly format?: FormatRequest | SbomFormat;
  readonly output?: string;
  readonly force?: boolean;
}

const TYPES: Readonly<Record<PackageWord, PackageType>> = {
  apk: 'apk',
  dpkg: 'dpkg',
  deb: 'dpkg',
  rpm: 'rpm',
  npm: 'npm',
  pypi: 'pypi',
  pip: 'pypi',
  gem: 'gem',
  golang: 'golang',
  go: 'golang',
  maven: 'maven',
  jar: 'maven',
  cargo: 'cargo',
};

/** Runs `layers packages`: lists the packages of an image, or writes them as a bill of materials. */
export function packages(name: string, flags: PackagesFlags, session: Session): Promise<ExitStatus> {
  const { force = false } = flags;
  const format = sbomFormat(flags);
  const { signal, stderr } = session;
  const output = outputPath(flags.output ?? '-');
  checkOutput(name, flags, output, session);
  const time = format === null ? undefined : sourceDateEpoch(session.env);
  const options = {
    types: flags.type?.map((word) => TYPES[word]),
    allLayers: flags.allLayers,
    top: flags.top,
    signal,
  };
  return withImage(
    name,
    flags,
    session,
    { contents: true, acceptsDamage: true, artifacts: true, reuses: true, files: true },
    async (image) => {
      refuseInputAsOutput(image.archive.source.path, output);
      const wanted = showsProgress(flags, stderr);
      const progress = createProgress(stderr, wanted);
      const onProgress = wanted ? progress.update : undefined;
      const document = await packagesDocument(image, { ...options, onProgress }).finally(progress.stop);
      const sbom = format === null ? null : await sbomText(document, format, time);
      if (sbom === null || output === '-') {
        return present(
          {
            document,
            items: document.packages,
            render: (view) => (sbom === null ? renderPackages(document, view) : [sbom]),
            showsFindings: sbom === null,
          },
          flags,
          session,
        );
      }
      await withAtomicFile(output, { force, signal }, (file) => file.write(Buffer.from(sbom)));
      return presentFindings(document.findings, flags, session);
    },
  );
}

/** Returns the format of the SBOM to write; null without one. */
function sbomFormat({ format }: PackagesFlags): SbomFormat | null {
  return typeof format === 'string' ? format : null;
}

/** Refuses an output that cannot be written, before the image is read. Throws ERR_LAYERS_USAGE, ERR_LAYERS_OUTPUT_EXISTS. */
function checkOutput(name: string, flags: PackagesFlags, output: string, session: Session): void {
  if (output === '') throw usageError('the name of the output is empty', 'name a file with -o');
  const format = sbomFormat(flags);
  if (flags.output !== undefined && format === null) {
    throw usageError('-o needs the format of the SBOM', 'add --format cyclonedx-json or --format spdx-json');
  }
  if (format !== null && flags.top !== undefined)
    throw usageError(`--format ${format} excludes --top`, 'an SBOM has all packages: leave out --top');
  refuseImageOutput(output, 'an SBOM');
  refuseInputAsOutput(inputPath(name), output);
  if (output !== '-') refuseEarly({ path: output, format: 'tar' }, flags.force ?? false, session);
}

async function sbomText(
  document: PackagesDocument,
  format: SbomFormat,
  time: number | undefined,
): Promise<string> {
  // Loaded here alone: the lists of licences are long.
  const { cycloneDxText, spdxText } = await import('@layers/insight/sbom');
  const options = { tool: { name: 'layers', version: VERSION }, time };
  return escapeJsonText(
    format === 'spdx-json' ? spdxText(document, options) : cycloneDxText(document, options),
  );
}
