import * as v from 'valibot';
import { findingSchema } from '../findings/finding-schema.js';
import { WASTE_CAUSES } from '../rootfs/waste-list.js';
import { type InspectDocument, SCHEMA_VERSION } from './documents.js';

/** Made when it is needed: most runs have no document to parse. */
function makeSchema() {
  const text = v.string();
  const optional = v.nullable(v.string());
  const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
  const compression = v.nullable(v.picklist(['gzip', 'zstd', 'xz', 'bzip2']));
  const config = v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  );

  const source = v.strictObject({
    path: text,
    format: v.picklist(['docker-archive', 'oci-archive', 'oci', 'dir', 'registry']),
    variant: v.nullable(v.picklist(['legacy', 'hybrid', 'plain'])),
    compression,
    sizeBytes: v.nullable(whole),
  });

  const platform = v.strictObject({
    os: text,
    architecture: text,
    variant: v.exactOptional(text),
    osVersion: v.exactOptional(text),
  });

  const image = v.strictObject({
    id: optional,
    manifestDigest: optional,
    tags: v.array(text),
    platform: v.nullable(platform),
    created: optional,
    config,
  });

  const totals = v.strictObject({
    layers: whole,
    entries: whole,
    storedBytes: whole,
    tarBytes: whole,
    contentBytes: whole,
    rootfsBytes: whole,
    wastedBytes: whole,
    efficiency: v.number(),
    files: whole,
    directories: whole,
    symlinks: whole,
    others: whole,
  });

  const layer = v.strictObject({
    layer: whole,
    digest: optional,
    diffId: optional,
    chainId: optional,
    mediaType: text,
    compression,
    storedBytes: whole,
    tarBytes: whole,
    contentBytes: whole,
    entries: whole,
    added: whole,
    modified: whole,
    deleted: whole,
    metadataOnly: whole,
    wastedBytes: whole,
    causedWasteBytes: whole,
    instruction: optional,
    createdBy: optional,
    created: optional,
    comment: optional,
    verified: v.nullable(v.boolean()),
  });

  const waste = v.strictObject({
    path: text,
    pathBase64: v.exactOptional(text),
    sizeBytes: whole,
    layer: whole,
    unreachableFromLayer: whole,
    cause: v.picklist(WASTE_CAUSES),
  });

  return v.strictObject({
    schemaVersion: v.literal(SCHEMA_VERSION),
    source,
    image,
    layersRead: v.literal(true),
    totals,
    layers: v.array(layer),
    base: v.nullable(v.strictObject({ layers: whole, wastedBytes: whole, ownWastedBytes: whole })),
    waste: v.array(waste),
    wastedBytesByCause: v.strictObject(v.entriesFromList(WASTE_CAUSES, whole)),
    findings: v.array(findingSchema()),
  });
}

/** Returns the document of `inspectDocument` that was read as JSON; null for any other value. */
export function parseInspectDocument(value: unknown): InspectDocument | null {
  // The value itself, whose fields are in the order in which they were written.
  return v.is(makeSchema(), value) ? value : null;
}
