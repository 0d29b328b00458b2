import { LayersError } from '@layers/errors';
import { type TarEntry, type TarWarning, walkTar } from '@layers/tar';
import { createFinding, type Finding } from '../../findings/finding.js';
import { openFileBytes } from '../../io/file-bytes.js';
import {
  type ArchiveFile,
  type ArchiveReader,
  cleanName,
  follow,
  linkTarget,
  MAX_DOCUMENT_BYTES,
  MAX_MEMBERS,
} from './archive-reader.js';

/**
 * The members of an uncompressed archive in a file, found by walking its headers.
 * Throws ERR_LAYERS_TAR_* for an archive that is no tar or is damaged.
 */
export function readFileMembers(path: string): ArchiveReader {
  const source = openFileBytes(path);
  try {
    const table = createMemberTable();
    const offsets = new Map<string, number>();
    const onWarning = (warning: TarWarning): void => {
      refuseOddWarning(warning);
      table.warn(warning);
    };
    for (const entry of walkTar(source, { onWarning })) {
      const odd = oddityOf(entry);
      if (odd !== null) throw odd;
      const member = table.add(entry);
      if (member?.type === 'file') offsets.set(member.name, entry.dataOffset);
    }
    return {
      medium: 'archive',
      seekable: true,
      compression: null,
      bytes: source.size,
      find: (name) => follow(table.members, name),
      names: () => table.members.keys(),
      read(member) {
        checkDocumentSize(member);
        const bytes = new Uint8Array(member.size);
        const file = openFileBytes(path);
        try {
          file.read(bytes, offsets.get(member.name) ?? 0);
        } finally {
          file.close();
        }
        return bytes;
      },
      layer(member) {
        const offset = offsets.get(member.name);
        if (offset === undefined) return null;
        return { from: 'range', range: { path, offset, length: member.size } };
      },
      occurrence: table.occurrence,
      findings: table.findings,
    };
  } finally {
    source.close();
  }
}

/** The refusal of a member that readers take differently, and that no image archive holds; null for any other. */
export function oddityOf(entry: Pick<TarEntry, 'sparse' | 'type' | 'headerOffset'>): LayersError | null {
  if (entry.sparse === null && entry.type !== 'unknown') return null;
  return oddMember('is sparse or of an unknown type', entry.headerOffset);
}

/** Throws ERR_LAYERS_ARCHIVE_FILE for the one warning that means such a member. */
export function refuseOddWarning({ code, offset }: TarWarning): void {
  if (code === 'tar-size-on-bodiless-entry') throw oddMember('states data that its type cannot have', offset);
}

function oddMember(why: string, offset: number): LayersError {
  return new LayersError('ERR_LAYERS_ARCHIVE_FILE', `the member at offset ${offset} ${why}`, {
    offset,
    hint: 'no container tool writes such an archive: it is damaged, or made to mislead',
  });
}

/** Throws ERR_LAYERS_JSON for a member too large to be a document. */
export function checkDocumentSize(member: ArchiveFile): void {
  if (member.size <= MAX_DOCUMENT_BYTES) return;
  throw new LayersError(
    'ERR_LAYERS_JSON',
    `${member.name} has ${member.size} bytes, too many for a document`,
    {
      file: member.name,
      hint: `documents may have ${MAX_DOCUMENT_BYTES} bytes`,
    },
  );
}

export interface MemberTable {
  readonly members: Map<string, ArchiveFile>;
  readonly findings: Finding[];
  /** Keeps what the entry is; null for directories and what no image is made of. */
  add(entry: Pick<TarEntry, 'path' | 'linkpath' | 'type' | 'storedSize'>): ArchiveFile | null;
  occurrence(name: string): number;
  readonly warn: (warning: { message: string; offset: number }) => void;
}

const MAX_FINDINGS = 20;

/** Collects an archive's members under clean names; the last of a name counts, as for every tar reader. */
export function createMemberTable(): MemberTable {
  const members = new Map<string, ArchiveFile>();
  const files = new Map<string, number>();
  const findings: Finding[] = [];
  const find = (finding: Finding): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding);
  };
  const keep = (member: ArchiveFile): ArchiveFile => {
    if (member.type === 'file') files.set(member.name, (files.get(member.name) ?? 0) + 1);
    if (members.has(member.name)) {
      find(createFinding('duplicate-file', `the archive has ${member.name} twice; the last one counts`));
    }
    if (members.size >= MAX_MEMBERS) {
      throw new LayersError('ERR_LAYERS_LIMIT', `the archive has more than ${MAX_MEMBERS} members`, {
        hint: 'this is no image archive: a root file system is imported, not inspected',
      });
    }
    members.set(member.name, member);
    return member;
  };
  return {
    members,
    findings,
    add(entry) {
      const text = Buffer.from(entry.path).toString('utf8');
      const name = cleanName(text);
      if (name === null || name === '') return null;
      if (entry.type === 'file') return keep({ name, type: 'file', size: entry.storedSize, target: null });
      if (entry.type !== 'symlink' && entry.type !== 'link') return null;
      const target = Buffer.from(entry.linkpath).toString('utf8');
      // A hard link names a member from the archive's root, a symlink from its own folder.
      const leads = entry.type === 'link' ? cleanName(target) : linkTarget(name, target);
      return keep({ name, type: 'link', size: 0, target: leads });
    },
    occurrence: (name) => files.get(name) ?? 1,
    warn({ message, offset }) {
      find(createFinding('archive-oddity', message, { offset }));
    },
  };
}
