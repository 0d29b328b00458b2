import { type PackagesDocument, packagesDocument } from '@layers/insight/packages';
import { readOne } from '@layers/testing/analysed';
import { packageArchive, textFile } from '@layers/testing/package-archives';
import type { Scratch } from '@layers/testing/scratch';
import type { EntrySpec } from '@layers/testing/tar-builder';

/** Licences of every kind, and names that formats could mistake. */
export const ODD = [
  textFile(
    'lib/apk/db/installed',
    [
      'P:single\nV:1\nL:mit\n',
      'P:expression\nV:1\nL:(MIT or Apache-2.0) AND GPL-2.0-or-later WITH Classpath-exception-2.0\n',
      'P:words\nV:1\nL:MIT BSD GPL2+\n',
      'P:öç "<&>\\\nV:1\nL:custom: "see" <here>\nm:A (b) <not an address\n',
      'P:single\nV:1\nA:x86\n',
    ].join('\n'),
  ),
  textFile('srv/node_modules/a/package.json', '{"name": "a", "version": "1"}'),
  textFile('opt/node_modules/a/package.json', '{"name": "a", "version": "1"}'),
];

/** Returns the packages of an image with these layers, also hidden ones. */
export async function readPackages(
  layers: readonly (readonly EntrySpec[])[],
  scratch: Scratch,
): Promise<PackagesDocument> {
  const image = await readOne({ path: scratch.file(packageArchive(layers)) });
  return packagesDocument(image, { allLayers: true });
}
