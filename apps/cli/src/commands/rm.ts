import { SCHEMA_VERSION } from '@layers/core/analysis';
import type { Digest } from '@layers/core/digest';
import { createFinding, type Finding } from '@layers/core/findings';
import { isLayersError } from '@layers/errors';
import type { Repository } from '@layers/registry';
import { CommandError, usageError } from '../command-error.js';
import type { RmDocument } from '../documents/transfer.js';
import type { ExitStatus } from '../exit-status.js';
import { parseRegistryImage, registryName, registryRepository } from '../input/registry-input.js';
import type { RegistryFlags } from '../input/registry-options.js';
import { present } from '../render/present.js';
import { renderRm } from '../render/registry.js';
import type { Session } from '../session.js';
import { printWarnings } from '../write/tag-findings.js';

export interface RmFlags extends RegistryFlags {
  readonly force?: boolean;
}

/** Runs `layers rm`: deletes a tag of a registry, or by digest a manifest with its tags. */
export async function rm(name: string, flags: RmFlags, session: Session): Promise<ExitStatus> {
  const text = registryName(name);
  if (text === null) {
    throw usageError(
      `${JSON.stringify(name)} does not begin with docker://`,
      `layers rmi ${name} removes an image of the store, layers rm docker://${name} one of its registry`,
    );
  }
  const reference = parseRegistryImage(text);
  // What a mirror says of tags is not what the registry deletes.
  const repository = await registryRepository(reference, session, { ...flags, mirror: [] });
  const { digest, tag } = reference;
  const done =
    digest === undefined
      ? await deleteTag(repository, tag ?? 'latest')
      : await deleteDigest(repository, digest, flags.force === true);
  await printWarnings(done.findings, flags, session);
  const document: RmDocument = {
    schemaVersion: SCHEMA_VERSION,
    repository: repository.name,
    tags: done.tags,
    digest: done.digest,
    findings: done.findings,
  };
  return present({ document, render: () => renderRm(document), showsFindings: false }, flags, session);
}

interface Deleted {
  readonly tags: readonly string[];
  readonly digest: Digest | null;
  readonly findings: readonly Finding[];
}

async function deleteTag(repository: Repository, tag: string): Promise<Deleted> {
  const digest = await repository.manifestDigest(tag);
  const result = await repository.delete(tag);
  if (result === 'missing') throw notFound(`${repository.name}:${tag}`);
  if (result === 'deleted') return { tags: [tag], digest: null, findings: [] };
  const { tags } = await tagsOf(repository, digest);
  const others = tags.filter((other) => other !== tag);
  const along = others.length === 0 ? '' : `, and with it the tags ${listed(others)}`;
  const force = others.length === 0 ? '' : ' --force';
  throw new CommandError(
    'ERR_LAYERS_REGISTRY_WRITE',
    `the registry ${repository.domain} deletes images by digest, and no tags`,
    { hint: `layers rm${force} docker://${repository.name}@${digest} deletes the image${along}` },
  );
}

async function deleteDigest(repository: Repository, digest: Digest, force: boolean): Promise<Deleted> {
  const { tags, isComplete } = await tagsOf(repository, digest);
  if (!isComplete && !force) {
    throw new CommandError(
      'ERR_LAYERS_IMAGE_REFERENCED',
      `the repository ${repository.name} has more than ${MAX_TAGS} tags, and others of the image may be among them`,
      { hint: 'add --force to delete the image with all its tags' },
    );
  }
  if (tags.length > 1 && !force) {
    throw new CommandError(
      'ERR_LAYERS_IMAGE_REFERENCED',
      `${repository.name}@${digest} has ${tags.length} tags, which would be deleted too: ${listed(tags)}`,
      { hint: 'add --force to delete the image with all of them' },
    );
  }
  const result = await repository.delete(digest);
  if (result === 'missing') throw notFound(`${repository.name}@${digest}`);
  const findings = isComplete
    ? []
    : [
        createFinding(
          'tags-not-compared',
          `the repository has too many tags to compare: only the first ${MAX_TAGS} were`,
        ),
      ];
  return { tags, digest, findings };
}

function notFound(name: string): CommandError {
  return new CommandError('ERR_LAYERS_IMAGE_NOT_FOUND', `the registry has no image ${name}`, {
    hint: 'check the name and the tag',
  });
}

/** The most tags whose digests are asked for, and the requests at once. */
const MAX_TAGS = 1000;
const AT_ONCE = 8;

/** Returns the tags of a digest, in the order of the registry. */
async function tagsOf(
  repository: Repository,
  digest: Digest,
): Promise<{ readonly tags: readonly string[]; readonly isComplete: boolean }> {
  const all: string[] = [];
  let isComplete = true;
  for await (const tag of repository.tags()) {
    if (all.length === MAX_TAGS) {
      isComplete = false;
      break;
    }
    // Names of another form cannot be asked for: they are text of the registry.
    if (/^\w[\w.-]{0,127}$/.test(tag)) all.push(tag);
  }
  const found = new Set<string>();
  const waiting = all.values();
  const worker = async () => {
    for (const tag of waiting) if ((await digestOf(repository, tag)) === digest) found.add(tag);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { tags: all.filter((tag) => found.has(tag)), isComplete };
}

/** Returns null for a tag that another client has deleted meanwhile. */
async function digestOf(repository: Repository, tag: string): Promise<Digest | null> {
  try {
    return await repository.manifestDigest(tag);
  } catch (error) {
    if (isLayersError(error) && error.code === 'ERR_LAYERS_IMAGE_NOT_FOUND') return null;
    throw error;
  }
}

const MAX_LISTED = 10;

function listed(tags: readonly string[]): string {
  const more = tags.length > MAX_LISTED ? ` and ${tags.length - MAX_LISTED} more` : '';
  return `${tags.slice(0, MAX_LISTED).join(', ')}${more}`;
}
