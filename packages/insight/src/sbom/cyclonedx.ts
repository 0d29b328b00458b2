import { ComponentScope, ComponentType } from '@cyclonedx/cyclonedx-library/Enums';
import {
  Bom,
  Component,
  type License,
  LicenseExpression,
  LicenseRepository,
  Metadata,
  NamedLicense,
  OrganizationalEntity,
  Property,
  PropertyRepository,
  SpdxLicense,
} from '@cyclonedx/cyclonedx-library/Models';
import { JSON as JsonForm, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import type { ImagePackage, PackagesDocument } from '../packages/document.js';
import { documentTime, documentUuid, imageName, imageVersion } from './identity.js';
import { type Licence, licenceOf } from './licence.js';
import type { SbomOptions } from './options.js';

/** Returns the packages of an image as a bill of materials in the format CycloneDX 1.6, in JSON. */
export function cycloneDxText(document: PackagesDocument, options: SbomOptions): string {
  const image = new Component(ComponentType.Container, imageName(document), {
    bomRef: imageVersion(document) ?? 'image',
    ...optional('version', imageVersion(document)),
  });
  const time = documentTime(document, options);
  const bom = new Bom({
    version: 1,
    serialNumber: `urn:uuid:${documentUuid(document)}`,
    metadata: new Metadata({ component: image, ...(time === null ? {} : { timestamp: time }) }),
  });
  bom.metadata.tools.components.add(
    new Component(ComponentType.Application, options.tool.name, { version: options.tool.version }),
  );
  const { distribution } = document;
  if (distribution !== null) bom.components.add(systemComponent(distribution));
  const references = new Map<string, number>();
  for (const each of document.packages) {
    const count = (references.get(each.purl) ?? 0) + 1;
    references.set(each.purl, count);
    bom.components.add(packageComponent(each, count === 1 ? each.purl : `${each.purl}#${count}`));
  }
  for (const { bomRef } of bom.components) image.dependencies.add(bomRef);
  const serializer = new JsonSerializer(new JsonForm.Normalize.Factory(Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function systemComponent({
  id,
  versionId,
  prettyName,
}: NonNullable<PackagesDocument['distribution']>): Component {
  return new Component(ComponentType.OperatingSystem, id, {
    bomRef: `os:${id}`,
    ...optional('version', versionId),
    ...optional('description', prettyName),
  });
}

function packageComponent(each: ImagePackage, bomRef: string): Component {
  const { name, version, supplier, visible, purl, licences } = each;
  const separator = each.type === 'maven' ? name.lastIndexOf(':') : -1;
  return new Component(ComponentType.Library, name.slice(separator + 1), {
    bomRef,
    purl,
    licenses: new LicenseRepository(licensesOf(licences.map(licenceOf))),
    properties: propertiesOf(each),
    ...optional('version', version),
    ...optional('group', separator === -1 ? null : name.slice(0, separator)),
    ...(supplier === null ? {} : { supplier: new OrganizationalEntity({ name: supplier }) }),
    ...(visible ? {} : { scope: ComponentScope.Excluded }),
  });
}

/** An expression stands alone: among several licences it is a name. */
function licensesOf(licences: readonly Licence[]): License[] {
  const [first] = licences;
  if (licences.length === 1 && first?.kind === 'expression') return [new LicenseExpression(first.expression)];
  return licences.map((licence) => {
    if (licence.kind === 'id') return new SpdxLicense(licence.id);
    return new NamedLicense(licence.kind === 'name' ? licence.name : licence.expression);
  });
}

function propertiesOf(each: ImagePackage): PropertyRepository {
  const { removedBy } = each;
  const values: readonly (readonly [string, string | number | null])[] = [
    ['type', each.type],
    ['path', each.path],
    ['innerPath', each.innerPath],
    ['layer', each.layer],
    ['instruction', each.instruction],
    ['architecture', each.architecture],
    ['source', each.source?.name ?? null],
    ['sourceVersion', each.source?.version ?? null],
    ['sizeBytes', each.sizeBytes],
    ['sizeFrom', each.sizeFrom],
    ['previousVersion', each.previousVersion],
    ['removedBy:layer', removedBy?.layer ?? null],
    ['removedBy:version', removedBy?.version ?? null],
  ];
  return new PropertyRepository(
    values.flatMap(([name, value]) =>
      value === null ? [] : [new Property(`layers:${name}`, String(value))],
    ),
  );
}

function optional<K extends string, V>(key: K, value: V | null): { [P in K]?: V } {
  const result: { [P in K]?: V } = {};
  if (value !== null) result[key] = value;
  return result;
}
