import {
  allFindings,
  imageInfo,
  instructionsOfLayers,
  refuseDamage,
  SCHEMA_VERSION,
} from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import { fileAt } from '@layers/core/diff';
import { changesetOf, type ReadImage } from '@layers/core/image';
import { type Union, uniteLayers } from '@layers/core/rootfs';
import type { ContentTask } from './contents/content-task.js';
import type { KnownPackageFiles } from './contents/kept-files.js';
import { readContents } from './contents/read-contents.js';
import { DatabaseStates } from './databases/database-states.js';
import { DatabaseReader } from './databases/read-databases.js';
import type { Distribution, ImagePackage, PackagesDocument, PackagesTotals } from './document.js';
import { comparePackages, databasePackages, manifestPackages } from './image-packages.js';
import type { Ecosystem } from './languages/language-package.js';
import { PACKAGE_READERS } from './languages/readers.js';
import { directoryBytes } from './manifests/directory-bytes.js';
import { manifestFiles } from './manifests/manifest-files.js';
import { trackManifests } from './manifests/manifest-packages.js';
import { ManifestPackages } from './manifests/read-manifests.js';
import { MAX_OS_RELEASE_BYTES, OS_RELEASE_PATHS, parseOsRelease } from './os-release.js';
import type { PackageType } from './package-type.js';

/** Options of `listPackages`. */
export interface PackagesOptions extends LayerOptions {
  /** Only packages of these types. Default: all. */
  readonly types?: readonly PackageType[] | undefined;
  /** Also lists packages that later layers removed or replaced. */
  readonly allLayers?: boolean | undefined;
  /** Only so many, the largest first. */
  readonly top?: number | undefined;
}

/**
 * Lists the packages of an image: those of the databases of apk, dpkg and rpm, and those of languages. Reads each layer at
 * most once; of an uncompressed layer, only databases and manifests.
 *
 * @param known what was kept of layers when they were read
 * @throws LayersError ERR_LAYERS_NEEDS_FILE for layers from a stream; the problem of a layer over limits; as reading
 *   contents does
 */
export async function packagesDocument(
  image: ReadImage,
  options: PackagesOptions = {},
  known?: KnownPackageFiles,
): Promise<PackagesDocument> {
  refuseDamage(image, { isComplete: false });
  const layers = image.layers.map(changesetOf);
  const states = new DatabaseStates(image);
  const union = uniteLayers(layers, null, (layer, _, nodes) => states.observe(layer, { layers, nodes }));
  const databases = new DatabaseReader(states.states);
  const tasks = new Map<number, ContentTask[]>();
  const add = (layer: number, task: ContentTask): void => {
    const ofLayer = tasks.get(layer);
    if (ofLayer === undefined) tasks.set(layer, [task]);
    else ofLayer.push(task);
  };
  for (const { layer, task } of databases.tasks()) add(layer, task);
  const isWanted = (ecosystem: Ecosystem): boolean => options.types?.includes(ecosystem) ?? true;
  const readers = PACKAGE_READERS.filter(({ ecosystems }) => ecosystems.some(isWanted));
  const manifests = new ManifestPackages(manifestFiles(union, readers), isWanted);
  for (const { layer, task } of manifests.tasks()) add(layer, task);
  const distribution = addOsRelease(union, add);
  await readContents(image, tasks, (layer) => databases.afterLayer(layer), { ...options, known });

  const tracked = trackManifests(manifests.read);
  const instructions = instructionsOfLayers(image.description);
  const context = { distribution: distribution.value, instructions };
  const all = [
    ...databasePackages(databases.histories, context),
    ...manifestPackages(tracked, { ...context, bytes: directoryBytes(union, tracked) }),
  ].filter(({ type }) => options.types?.includes(type) ?? true);
  return {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    distribution: distribution.value,
    packages: listed(all, options),
    totals: totalsOf(all),
    findings: [...allFindings({ image, union }), ...databases.findings, ...manifests.findings],
  };
}

/** Adds the task that reads the name of the distribution. Returns where it puts the result. */
function addOsRelease(
  union: Union,
  add: (layer: number, task: ContentTask) => void,
): { readonly value: Distribution | null } {
  const result: { value: Distribution | null } = { value: null };
  for (const path of OS_RELEASE_PATHS) {
    const place = fileAt(union, path);
    if (place === null) continue;
    add(place.layer, {
      entry: place.entry,
      path,
      take(file) {
        const bytes = file.read(0, Math.min(file.size, MAX_OS_RELEASE_BYTES));
        result.value = parseOsRelease(Buffer.from(bytes).toString('utf8'));
      },
    });
    break;
  }
  return result;
}

function listed(
  all: readonly ImagePackage[],
  { allLayers = false, top }: PackagesOptions,
): readonly ImagePackage[] {
  const packages = all.filter(({ visible }) => visible || allLayers).sort(comparePackages);
  if (top === undefined) return packages;
  return packages.sort((a, b) => (b.sizeBytes ?? -1) - (a.sizeBytes ?? -1)).slice(0, top);
}

function totalsOf(all: readonly ImagePackage[]): PackagesTotals {
  const byType: Partial<Record<PackageType, number>> = {};
  let packages = 0;
  for (const { type, visible } of all) {
    if (!visible) continue;
    packages++;
    byType[type] = (byType[type] ?? 0) + 1;
  }
  return { packages, hidden: all.length - packages, byType };
}
