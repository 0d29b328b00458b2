import { type Analysis, historyDocument } from '@layers/core/analysis';
import { pathFields } from '@layers/core/findings';
import { changesetOf } from '@layers/core/image';
import { pathOf } from '@layers/core/rootfs';
import type { FilePlace, Secret } from './document.js';
import { fingerprintOf } from './fingerprint.js';
import { maskOf } from './mask.js';
import { type HashedContent, hashContents } from './owners/content-hashes.js';
import { findOwners } from './owners/find-owners.js';
import type { PackageOwner } from './owners/package-owner.js';
import { publishedPackage } from './owners/published-files.js';
import type { Redactor } from './redactor.js';
import type { CompiledRules } from './scan/compiled-rules.js';
import type { FoundSecret } from './scan/found-secret.js';
import type { FileSecrets, LayerSecrets } from './scan/scan-layer.js';

/** A file with secrets, by its place in the image. */
interface FileWithSecrets extends FileSecrets {
  readonly layer: number;
  /** Its absolute path in the image. */
  readonly absolute: Uint8Array;
}

/** The most secrets of an image that are listed. */
const MAX_SECRETS = 2000;

/**
 * Returns the secrets in the files of the layers, in the order of layers and entries, and how many more there are. Throws
 * as reading contents does.
 */
export async function fileSecrets(
  analysis: Analysis,
  layers: readonly (LayerSecrets | null)[],
  { rules, redactor }: { readonly rules: CompiledRules; readonly redactor: Redactor },
): Promise<{ readonly secrets: readonly Secret[]; readonly more: number }> {
  const files: FileWithSecrets[] = [];
  let count = 0;
  let more = layers.reduce((sum, layer) => sum + (layer?.more ?? 0), 0);
  layers.forEach((scan, layer) => {
    for (const file of scan?.files ?? []) {
      const secrets = file.secrets.slice(0, MAX_SECRETS - count);
      count += secrets.length;
      more += file.secrets.length - secrets.length;
      const absolute = absolutePath(analysis, layer, file);
      if (secrets.length > 0) files.push({ ...file, secrets, layer, absolute });
    }
  });
  for (const { secrets } of files) for (const { secret } of secrets) redactor.add(secret);
  const owners = await ownersOf(analysis, files);
  const steps = instructionsOf(analysis);
  const removals = removalsOf(analysis, files);
  const secrets = files.flatMap((file) => {
    const { layer, entry } = file;
    const owner = owners.get(file) ?? publishedPackage(analysis.union, textOf(file));
    const instruction = (position: number): string | null => {
      const text = steps.get(position) ?? null;
      return text === null ? null : redactor.redact(text);
    };
    const removal = removals.get(`${layer} ${entry}`);
    const fields = pathFields(file.absolute);
    const path = redactor.redact(fields.path);
    const place = {
      kind: 'file',
      ...(path === fields.path ? fields : { path }),
      layer,
      instruction: instruction(layer),
      isVisible: (analysis.union.names[layer]?.[entry] ?? 0) > 0,
      removedBy: removal === undefined ? null : { ...removal, instruction: instruction(removal.layer) },
      package: owner === null ? null : { system: owner.system, name: owner.name },
    } as const;
    return file.secrets.flatMap((secret) => {
      const item = secretIn({ ...place, line: secret.line, offset: secret.offset }, secret, rules);
      return item === null ? [] : [item];
    });
  });
  return { secrets, more };
}

function secretIn(place: FilePlace, secret: FoundSecret, { rules }: CompiledRules): Secret | null {
  const rule = rules[secret.rule]?.rule;
  if (rule === undefined) return null;
  return {
    rule: rule.id,
    description: rule.description,
    // Everybody can read what is in a package.
    severity: place.package === null ? secret.severity : 'note',
    mask: maskOf(secret.prefix),
    length: secret.isWhole ? secret.secret.length : null,
    fingerprint: fingerprintOf({
      rule: rule.id,
      place: `file ${place.pathBase64 ?? place.path}`,
      randomSecret: rule.isRandom ? secret.secret : null,
    }),
    place,
  };
}

/** Returns the path by the changeset, or where a damaged layer has no entries, as the tar has it. */
function absolutePath({ image }: Analysis, layer: number, { entry, path }: FileSecrets): Uint8Array {
  const read = image.layers[layer];
  const changeset = read === undefined ? null : changesetOf(read);
  if (changeset !== null && entry < changeset.count) return pathOf(changeset, entry);
  const start = path[0] === SLASH ? 0 : path[0] === DOT && path[1] === SLASH ? 1 : -1;
  return start === -1 ? Buffer.concat([Buffer.from('/'), path]) : path.subarray(start);
}

const SLASH = 0x2f;
const DOT = 0x2e;

function instructionsOf({ image }: Analysis): Map<number, string | null> {
  const steps = historyDocument(image).history;
  return new Map(steps.flatMap(({ layer, instruction }) => (layer === null ? [] : [[layer, instruction]])));
}

/** Returns what removed files, by layer and entry. */
function removalsOf({ union }: Analysis, files: readonly FileWithSecrets[]) {
  const wanted = new Set(files.map(({ layer, entry }) => `${layer} ${entry}`));
  const removals = new Map<string, Pick<NonNullable<FilePlace['removedBy']>, 'layer' | 'cause'>>();
  for (let i = 0; wanted.size > 0 && i < union.waste.count; i++) {
    const { layer, entry, unreachableFrom, cause } = union.waste.at(i);
    const key = `${layer} ${entry}`;
    if (wanted.has(key)) removals.set(key, { layer: unreachableFrom, cause });
  }
  return removals;
}

function textOf({ absolute }: FileWithSecrets): string {
  return Buffer.from(absolute).toString('utf8');
}

/** Returns the package of each file whose content is what the package has. */
async function ownersOf(
  { image, union }: Analysis,
  files: readonly FileWithSecrets[],
): Promise<Map<FileWithSecrets, PackageOwner>> {
  const found = await findOwners(image, union, [...new Set(files.map(textOf))]);
  const contents = new Map<HashedContent, FileWithSecrets>();
  for (const file of files) {
    const algorithms = (found.get(textOf(file)) ?? []).map(({ algorithm }) => algorithm);
    const { layer, entry } = file;
    if (algorithms.length > 0) contents.set({ layer, entry, algorithms }, file);
  }
  const hashes = await hashContents(image, [...contents.keys()]);
  const owners = new Map<FileWithSecrets, PackageOwner>();
  for (const [content, file] of contents) {
    const digests = hashes.get(content);
    const owner = (found.get(textOf(file)) ?? []).find(
      ({ algorithm, digest }) => digests?.get(algorithm) === digest,
    );
    if (owner !== undefined) owners.set(file, owner);
  }
  return owners;
}
