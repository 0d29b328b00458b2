import type { ChosenFile } from '../messages/messages.js';

/** Returns the files of an input; those of a directory with their paths in it. */
export function filesOfInput(input: HTMLInputElement): ChosenFile[] {
  const files = [...(input.files ?? [])].map((file) => ({
    path: file.webkitRelativePath || file.name,
    file,
  }));
  // The same file can be chosen again.
  input.value = '';
  return files;
}

/** Returns the files that were dropped, and those in directories that were dropped. */
export async function filesOfDrop(transfer: DataTransfer): Promise<ChosenFile[]> {
  // The items are gone after the first wait.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files].map((file) => ({ path: file.name, file }));
  if (!entries.some((entry) => entry?.isDirectory === true)) return files;
  const found: ChosenFile[] = [];
  for (const entry of entries) if (entry !== null) await addFiles(entry, '', found);
  return found;
}

async function addFiles(entry: FileSystemEntry, parent: string, found: ChosenFile[]): Promise<void> {
  const path = `${parent}${entry.name}`;
  if (isFile(entry)) {
    found.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
  } else if (isDirectory(entry)) {
    const reader = entry.createReader();
    for (;;) {
      // A reader returns some entries at a time, and none at the end.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) return;
      for (const child of some) await addFiles(child, `${path}/`, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
