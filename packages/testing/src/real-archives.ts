import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../shared/images', import.meta.url));

/** The folder of real archives from a dozen producers, or undefined where this machine has none. */
export const imagesFolder: string | undefined = [process.env['LAYERS_TEST_IMAGES'], beside].find(
  (folder) => folder !== undefined && existsSync(folder),
);

if (imagesFolder === undefined) {
  console.warn('skipped: tests on real archives; set LAYERS_TEST_IMAGES to a folder that holds them');
}
