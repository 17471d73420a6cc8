/** A file that somebody chose or dropped. */
export interface Picked {
  name: string; // with the folders before it
  file: File;
}

// What systems leave in folders and nobody means to send.
const litter = /^(\..*|thumbs\.db|desktop\.ini)$/i;

export function isLitter(name: string): boolean {
  return name.split("/").some((part) => litter.test(part));
}

/** The files that a field for files holds. */
export function chosen(files: FileList | null): Picked[] {
  return [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, file }));
}

/** What was dropped. It has to be taken hold of before anything else is waited for; what is in no file system has no entry. */
export function droppedItems(transfer: DataTransfer): (FileSystemEntry | File)[] {
  return [...transfer.items].flatMap((item) => (item.kind === "file" ? (item.webkitGetAsEntry() ?? item.getAsFile() ?? []) : []));
}

/** The files of what was dropped, those of folders with their folders' names. */
export async function dropped(items: readonly (FileSystemEntry | File)[]): Promise<Picked[]> {
  const found: Picked[] = [];
  for (const entry of items) {
    if (entry instanceof File) found.push({ name: entry.name, file: entry });
    else if (entry.isFile) {
      const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
      found.push({ name: entry.fullPath.replace(/^\//, ""), file });
    } else if (entry.isDirectory) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      // A directory is read by the hundred, until nothing more comes.
      for (;;) {
        const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
        if (some.length === 0) break;
        found.push(...(await dropped(some)));
      }
    }
  }
  return found;
}
