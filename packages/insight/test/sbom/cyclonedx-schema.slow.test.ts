import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cycloneDxText } from '@layers/insight/sbom';
import { PACKAGE_LAYERS } from '@layers/testing/package-archives';
import { useScratch } from '@layers/testing/scratch';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { ODD, readPackages } from './odd-packages.ts';

const scratch = useScratch();
const OPTIONS = { tool: { name: 'layers', version: '1.2.3' } };

/** Returns the check of the official schema, which the library has beside its code. */
function schemaOfCycloneDx() {
  const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(dirname(library), 'res/schema', name), 'utf8'));
  const anyText = true;
  const ajv = new Ajv({
    strict: false,
    formats: {
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
      'iri-reference': anyText,
      'idn-email': anyText,
      email: anyText,
      uri: anyText,
    },
  });
  // The names by which the schema refers to the others.
  for (const name of [
    'spdx.SNAPSHOT.schema.json',
    'jsf-0.82.SNAPSHOT.schema.json',
    'cryptography-defs.SNAPSHOT.schema.json',
  ]) {
    ajv.addSchema({ ...schema(name), $id: `http://cyclonedx.org/schema/${name}` });
  }
  return ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'));
}

it('a bill of materials is valid by the official schema of CycloneDX', async () => {
  const validate = schemaOfCycloneDx();
  for (const layers of [[...PACKAGE_LAYERS, ODD], []]) {
    const bom: unknown = JSON.parse(cycloneDxText(await readPackages(layers, scratch), OPTIONS));
    expect(validate(bom) ? [] : validate.errors).toEqual([]);
  }
  expect(validate({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'a' }] })).toBe(false);
});

it('the bill of materials of the command is valid, too', () => {
  const file = new URL('../../../../apps/cli/dist/sbom.cdx.json', import.meta.url);
  const validate = schemaOfCycloneDx();
  expect(validate(JSON.parse(readFileSync(file, 'utf8'))) ? [] : validate.errors).toEqual([]);
});
