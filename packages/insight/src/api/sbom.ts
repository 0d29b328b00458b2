import type { PackagesDocument } from '../packages/document.js';
import type { SbomOptions } from '../sbom/options.js';

/**
 * Returns the packages of an image as a bill of materials: CycloneDX 1.6 or SPDX 2.3. The same packages yield the same
 * bytes.
 *
 * @param document the result of `listPackages`
 * @param options `tool` names the program that asks; `time` replaces the time of the image
 *
 * @example
 * ```ts
 * const document = await listPackages(await openImage('image.tar'));
 * const tool = { name: 'my-tool', version: '1.0.0' };
 * writeFileSync('sbom.json', await sbomOf(document, 'cyclonedx-json', { tool }));
 * ```
 */
export async function sbomOf(
  document: PackagesDocument,
  format: 'cyclonedx-json' | 'spdx-json',
  options: SbomOptions,
): Promise<string> {
  // The lists of licences are long, and few programs need them.
  const { cycloneDxText, spdxText } = await import('../sbom/index.js');
  return format === 'spdx-json' ? spdxText(document, options) : cycloneDxText(document, options);
}
