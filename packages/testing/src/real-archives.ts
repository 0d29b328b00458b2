import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../shared/images', import.meta.url));

/** The directory of real archives from a dozen producers; undefined if there is none. */
export const imagesFolder: string | undefined = [process.env['LAYERS_TEST_IMAGES'], beside].find(
  (folder) => folder !== undefined && existsSync(folder),
);

/** Why tests on real archives are skipped. */
export const NO_REAL_ARCHIVES = 'no real archives found (set LAYERS_TEST_IMAGES to a folder of them)';
