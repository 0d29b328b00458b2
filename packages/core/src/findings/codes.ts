/** The codes of findings, with their severity; see `Finding`. */
export const FINDING_SEVERITY = {
  // Documents of the image.
  'digest-mismatch': 'error',
  'diff-id-mismatch': 'error',
  'size-mismatch': 'error',
  'image-id-mismatch': 'error',
  'layer-missing': 'error',
  'layer-not-a-tar': 'error',
  'layer-count-mismatch': 'error',
  'manifest-unreadable': 'error',
  'manifests-disagree': 'error',
  'image-unreadable': 'warning',
  'tags-disagree': 'warning',
  'history-mismatch': 'warning',
  'schema-version': 'note',
  'config-oddity': 'note',
  artifact: 'note',
  'platform-absent': 'note',
  'layer-not-distributable': 'note',
  // The archive.
  'duplicate-file': 'warning',
  'archive-trailing-data': 'warning',
  'archive-oddity': 'note',
  // The tar of a layer.
  'name-climbs-out': 'warning',
  'name-too-long': 'warning',
  'name-has-nul': 'warning',
  'reserved-name': 'warning',
  'bare-whiteout': 'warning',
  'root-not-directory': 'warning',
  'unknown-type': 'warning',
  'unsupported-type': 'warning',
  'invalid-number': 'warning',
  'invalid-pax-record': 'warning',
  'lone-zero-block': 'warning',
  'tar-trailing-data': 'note',
  'tar-oddity': 'note',
  'global-attributes': 'warning',
  'gzip-trailing-zeros': 'warning',
  'gzip-trailing-data': 'warning',
  // A layer on top of the layers below.
  'overlay-whiteout': 'warning',
  'whiteout-with-entry': 'warning',
  'whiteout-below-whiteout': 'warning',
  'duplicate-entry': 'warning',
  'parent-not-directory': 'warning',
  'link-to-lower-layer': 'warning',
  'link-before-target': 'warning',
  'dangling-link': 'warning',
  'link-to-directory': 'warning',
  'whiteout-of-nothing': 'note',
  // The comparison of two images.
  'no-path-included': 'warning',
  'package-database-unreadable': 'warning',
  'renames-not-searched': 'note',
  // The files of a new layer.
  'xattrs-lost': 'warning',
  'xattrs-not-read': 'note',
  'directory-replaced': 'warning',
  'symlink-followed': 'note',
  'socket-skipped': 'note',
  // A written archive.
  'tag-not-written': 'warning',
  'nothing-removed': 'warning',
  'platforms-left-out': 'warning',
  // The local store.
  'blob-corrupt': 'error',
  'blob-missing': 'error',
  'blob-not-a-file': 'error',
  'blob-size-mismatch': 'error',
  'blob-unreadable': 'error',
  'entry-invalid': 'error',
  // Replaces further findings of a code.
  'more-findings': 'note',
} as const satisfies Readonly<Record<string, 'note' | 'warning' | 'error'>>;

/** The code of a finding, from a closed list. @useDeclaredType */
export type FindingCode = keyof typeof FINDING_SEVERITY;
