import { sbomOf } from '@layers/insight';
import type { PackagesDocument } from '@layers/insight/packages';
import { cycloneDxText, type SbomOptions, spdxText } from '@layers/insight/sbom';
import { PACKAGE_LAYERS } from '@layers/testing/package-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';
import { ODD, readPackages } from './odd-packages.ts';

const scratch = useScratch();
const OPTIONS: SbomOptions = { tool: { name: 'layers', version: '1.2.3' } };

const read = (layers = [...PACKAGE_LAYERS, ODD]): Promise<PackagesDocument> => readPackages(layers, scratch);

describe('CycloneDX', () => {
  it('has all packages, with unique references and the layers that brought them', async () => {
    const document = await read();
    const { components, dependencies, metadata } = JSON.parse(cycloneDxText(document, OPTIONS));
    const libraries = components.filter(({ type }: { type: string }) => type === 'library');
    expect(libraries).toHaveLength(document.packages.length);
    const references = components.map((each: { 'bom-ref': string }) => each['bom-ref']);
    expect(new Set(references).size).toBe(components.length);
    expect(metadata).toMatchObject({
      timestamp: '2024-05-06T07:08:09.000Z',
      tools: { components: [{ name: 'layers', version: '1.2.3' }] },
      component: { type: 'container', name: 'shop:1', version: document.image.manifestDigest },
    });
    const image = dependencies.find(({ ref }: { ref: string }) => ref === metadata.component['bom-ref']);
    expect(image.dependsOn.sort()).toEqual(references.sort());
    expect(components.find(({ type }: { type: string }) => type === 'operating-system')).toMatchObject({
      name: 'debian',
      version: '12',
    });
    const removed = libraries.find(({ name }: { name: string }) => name === 'tool');
    expect(removed.scope).toBe('excluded');
    expect(removed.properties).toEqual(
      expect.arrayContaining([
        { name: 'layers:layer', value: '0' },
        { name: 'layers:instruction', value: 'STEP 0' },
        { name: 'layers:removedBy:layer', value: '1' },
      ]),
    );
  });

  it('has licences by their kinds', async () => {
    const { components } = JSON.parse(cycloneDxText(await read([ODD]), OPTIONS));
    const licences = new Map(
      components.map((each: { name: string; licenses?: unknown }) => [each.name, each.licenses]),
    );
    expect(licences.get('expression')).toEqual([
      { expression: '(MIT OR Apache-2.0) AND GPL-2.0-or-later WITH Classpath-exception-2.0' },
    ]);
    expect(licences.get('words')).toEqual([{ license: { name: 'MIT BSD GPL2+' } }]);
    expect(licences.get('a')).toBeUndefined();
  });
});

describe('SPDX', () => {
  it('has a package for the image and for each package, each with an id of its own', async () => {
    const document = await read();
    const bom = JSON.parse(spdxText(document, OPTIONS));
    expect(bom).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      name: 'shop:1',
      creationInfo: { created: '2024-05-06T07:08:09Z', creators: ['Tool: layers-1.2.3'] },
    });
    const ids: string[] = bom.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID);
    expect(ids).toHaveLength(document.packages.length + 1);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[a-zA-Z0-9.-]+$/);
    const [describes, ...contains] = bom.relationships;
    expect(describes.relatedSpdxElement).toBe(ids[0]);
    expect(contains.map((each: { relatedSpdxElement: string }) => each.relatedSpdxElement)).toEqual(
      ids.slice(1),
    );
  });

  it('has licences that are expressions, and the words of all others', async () => {
    const bom = JSON.parse(spdxText(await read([ODD]), OPTIONS));
    const of = (name: string) => bom.packages.find((each: { name: string }) => each.name === name);
    expect(of('expression').licenseDeclared).toBe(
      '(MIT OR Apache-2.0) AND GPL-2.0-or-later WITH Classpath-exception-2.0',
    );
    expect(of('a').licenseDeclared).toBe('NOASSERTION');
    const { licenseDeclared } = of('words');
    expect(licenseDeclared).toMatch(/^LicenseRef-[0-9a-f]{12}$/);
    expect(bom.hasExtractedLicensingInfos).toContainEqual({
      licenseId: licenseDeclared,
      name: 'MIT BSD GPL2+',
      extractedText: 'MIT BSD GPL2+',
    });
  });

  it('has suppliers without parentheses in their names', async () => {
    const bom = JSON.parse(spdxText(await read(), OPTIONS));
    const suppliers = bom.packages.map(({ supplier }: { supplier?: string }) => supplier);
    expect(suppliers).toContain('Organization: A Team [of people] (team@example.org)');
    expect(suppliers).toContain('Organization: A [b] <not an address');
  });
});

describe.each([
  ['CycloneDX', cycloneDxText],
  ['SPDX', spdxText],
])('%s', (_, write) => {
  it('is the same byte for byte for the same image, and another one for other packages', async () => {
    const first = write(await read(), OPTIONS);
    expect(write(await read(), OPTIONS)).toBe(first);
    const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
    const visible = (await read()).packages.filter(({ visible: isVisible }) => isVisible);
    const other = write({ ...(await read()), packages: visible }, OPTIONS);
    expect(uuid.exec(other)?.[0]).toMatch(uuid);
    expect(uuid.exec(other)?.[0]).not.toBe(uuid.exec(first)?.[0]);
  });

  it('has the time that is given, and none that no calendar has', async () => {
    const document = await read();
    expect(write(document, { ...OPTIONS, time: 86_400 })).toContain('"1970-01-02T00:00:00');
    for (const created of ['garbage', '+200000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', null]) {
      const image = { ...document.image, created };
      const text = write({ ...document, image }, OPTIONS);
      expect(text).not.toMatch(/2024-05-06|200000|-000001|Invalid/);
    }
  });
});

it('is returned by the function for programs', async () => {
  const document = await read();
  expect(await sbomOf(document, 'spdx-json', OPTIONS)).toBe(spdxText(document, OPTIONS));
  expect(await sbomOf(document, 'cyclonedx-json', OPTIONS)).toBe(cycloneDxText(document, OPTIONS));
});
