import { createHash } from 'node:crypto';
import type { ImagePackage, PackagesDocument } from '../packages/document.js';
import { documentTime, documentUuid, imageName, imageVersion } from './identity.js';
import { type Licence, licenceOf } from './licence.js';
import type { SbomOptions } from './options.js';

const NOTHING_STATED = 'NOASSERTION';

/** A licence that is not in the list of SPDX. */
interface ExtractedLicence {
  readonly licenseId: string;
  readonly name: string;
  readonly extractedText: string;
}

/**
 * Returns the packages of an image as a bill of materials in the format SPDX 2.3, in JSON.
 *
 * @see https://spdx.github.io/spdx-spec/v2.3/
 */
export function spdxText(document: PackagesDocument, options: SbomOptions): string {
  const name = imageName(document);
  const extracted = new Map<string, ExtractedLicence>();
  const packages = document.packages.map((each, i) => describePackage(each, i, extracted));
  const time = documentTime(document, options) ?? new Date(0);
  const image = {
    name,
    SPDXID: 'SPDXRef-Image',
    ...(imageVersion(document) === null ? {} : { versionInfo: imageVersion(document) }),
    downloadLocation: NOTHING_STATED,
    filesAnalyzed: false,
    licenseConcluded: NOTHING_STATED,
    licenseDeclared: NOTHING_STATED,
    copyrightText: NOTHING_STATED,
    primaryPackagePurpose: 'CONTAINER',
  };
  const uuid = documentUuid(document);
  const bom = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(name)}-${uuid}`,
    creationInfo: {
      created: time.toISOString().replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: ${options.tool.name}-${options.tool.version}`],
    },
    packages: [image, ...packages],
    ...(extracted.size === 0
      ? {}
      : {
          hasExtractedLicensingInfos: [...extracted.values()].sort((a, b) =>
            a.licenseId < b.licenseId ? -1 : 1,
          ),
        }),
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', image.SPDXID),
      ...packages.map(({ SPDXID }) => relationship(image.SPDXID, 'CONTAINS', SPDXID)),
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function describePackage(each: ImagePackage, index: number, extracted: Map<string, ExtractedLicence>) {
  const { type, name, version, purl, licences, supplier } = each;
  const declared = licences.map((text) => expressionOf(licenceOf(text), extracted));
  return {
    name,
    SPDXID: `SPDXRef-${index + 1}-${idText(`${type}-${name}`)}`,
    ...(version === null ? {} : { versionInfo: version }),
    downloadLocation: NOTHING_STATED,
    filesAnalyzed: false,
    sourceInfo: sourceInfo(each),
    licenseConcluded: NOTHING_STATED,
    licenseDeclared: declared.length === 0 ? NOTHING_STATED : joined(declared),
    copyrightText: NOTHING_STATED,
    supplier: supplier === null ? NOTHING_STATED : organization(supplier),
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

/** Returns where the package comes from, in words: SPDX has no fields for layers. */
function sourceInfo({ path, innerPath, layer, instruction, removedBy }: ImagePackage): string {
  const inner = innerPath === null ? '' : `, in it ${innerPath}`;
  const by = instruction === null ? '' : ` (${instruction})`;
  const removed = removedBy === null ? '' : `; removed by layer ${removedBy.layer}`;
  return `listed by ${path}${inner}; brought by layer ${layer}${by}${removed}`;
}

function idText(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]+/g, '-');
}

/** Returns a maintainer or vendor. Parentheses of the name would start the address. */
function organization(supplier: string): string {
  const [, name = supplier, address] = /^(.*\S)\s*<([^<>]*)>$/.exec(supplier) ?? [];
  const plain = name.replaceAll('(', '[').replaceAll(')', ']').trim();
  return address === undefined || /[()]/.test(address)
    ? `Organization: ${plain}`
    : `Organization: ${plain} (${address})`;
}

function joined(expressions: readonly string[]): string {
  const [only = NOTHING_STATED] = expressions;
  if (expressions.length === 1) return only;
  return expressions.map((each) => (each.includes(' ') ? `(${each})` : each)).join(' AND ');
}

/** Returns the licence as an expression. Adds words that are not of the list to `extracted`. */
function expressionOf(licence: Licence, extracted: Map<string, ExtractedLicence>): string {
  if (licence.kind === 'id') return licence.id;
  if (licence.kind === 'expression') return licence.expression;
  const { name } = licence;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const licenseId = `LicenseRef-${hash}`;
  extracted.set(licenseId, { licenseId, name, extractedText: name });
  return licenseId;
}
