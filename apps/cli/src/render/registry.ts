import type {
  CopyDocument,
  LoginDocument,
  LogoutDocument,
  PullDocument,
  PushDocument,
  PushedBlobs,
  RmDocument,
} from '../documents/transfer.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';

/** Renders a line for each pushed name: its digest, and what was sent. */
export function* renderPush({ pushed }: PushDocument, view: View): Generator<string> {
  for (const { reference, digest, blobs, manifests } of pushed) {
    const several = manifests > 1 ? `, ${counted(manifests, 'manifest')}` : '';
    yield `${view.colours.bold(escapeForTerminal(reference))}  ${digest}\n`;
    yield `${view.colours.dim(`${blobText(blobs, view)}${several}`)}\n`;
  }
}

function blobText({ uploaded, uploadedBytes, mounted, existing }: PushedBlobs, view: View): string {
  const parts = [`uploaded ${counted(uploaded, 'blob')} (${view.bytes(uploadedBytes)})`];
  if (mounted > 0) parts.push(`${mounted} from another repository`);
  if (existing > 0) parts.push(`${existing} already there`);
  return parts.join(', ');
}

/** Renders what docker pull prints at its end: the digest in the registry, whether the image is new, and its name. */
export function* renderPull({ pulled }: PullDocument): Generator<string> {
  for (const { reference, digest, images } of pulled) {
    const name = escapeForTerminal(reference.replace('docker://', ''));
    const isCurrent = images.every(({ isUnchanged }) => isUnchanged);
    yield `Digest: ${digest}\n`;
    yield `Status: ${isCurrent ? 'Image is up to date' : 'Downloaded newer image'} for ${name}\n`;
    const lines = images.flatMap(({ id, tags }) => (tags.length === 0 ? [`Loaded image ID: ${id}`] : tags));
    // The platforms of an image have one name.
    for (const line of new Set(lines)) yield `${escapeForTerminal(line)}\n`;
  }
}

/** Renders the target, and what is in it. */
export function* renderCopy(document: CopyDocument, view: View): Generator<string> {
  const { target, images, manifests, blobs, referrers } = document;
  const digest = target.digest === null ? '' : `  ${target.digest}`;
  yield `${view.colours.bold(escapeForTerminal(target.path))}${digest}\n`;
  const parts = [
    images.length > 1 ? counted(images.length, 'image') : '',
    manifests > 1 ? counted(manifests, 'manifest') : '',
    blobs === null ? '' : blobText(blobs, view),
    referrers.length === 0 ? '' : counted(referrers.length, 'referrer'),
  ].filter((part) => part !== '');
  if (parts.length > 0) yield `${view.colours.dim(parts.join(', '))}\n`;
}

/** Renders where credentials are saved. */
export function* renderLogin({ registry, username, saved }: LoginDocument): Generator<string> {
  const place = saved.program === null ? saved.file : saved.program;
  yield `Logged in to ${escapeForTerminal(registry)} as ${escapeForTerminal(username)}; saved in ${escapeForTerminal(place)}\n`;
}

/** Renders where credentials were removed. */
export function* renderLogout({ registry, removed }: LogoutDocument): Generator<string> {
  const name = escapeForTerminal(registry);
  if (removed.length === 0) yield `Not logged in to ${name}\n`;
  for (const { program, file } of removed)
    yield `Removed the credentials for ${name} from ${escapeForTerminal(program ?? file)}\n`;
}

/** Renders what docker rmi prints. */
export function* renderRm({ repository, tags, digest }: RmDocument): Generator<string> {
  for (const tag of tags) yield `Untagged: ${escapeForTerminal(`${repository}:${tag}`)}\n`;
  if (digest !== null) yield `Deleted: ${digest}\n`;
}
