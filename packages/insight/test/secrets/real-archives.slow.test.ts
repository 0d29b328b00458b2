import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openImage } from '@layers/core';
import { isLayersError } from '@layers/errors';
import { findSecrets } from '@layers/insight';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { describe, expect, it } from 'vitest';

describe.skipIf(imagesFolder === undefined)(`real archives (${NO_REAL_ARCHIVES})`, () => {
  const folder = imagesFolder ?? '';
  const names =
    imagesFolder === undefined ? [] : readdirSync(folder).filter((name) => /\.tar(\.gz)?$/.test(name));
  it.each(names)('%s has no secrets', async (name) => {
    try {
      const image = await openImage(join(folder, name), { image: '#1' });
      const { secrets } = await findSecrets(image, { severity: 'note' });
      expect(secrets).toEqual([]);
    } catch (error) {
      if (!isLayersError(error) || !name.startsWith('corrupt-')) throw error;
    }
  });
});
