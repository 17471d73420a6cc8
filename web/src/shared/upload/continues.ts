import type { Picked } from "./picked";

interface Sized {
  name: string;
  size: number;
}

/** The file that this one is, of those that have not arrived whole: the same name, with or without folders, and the same size. */
export function continues<F extends Sized>({ name, file }: Picked, unfinished: readonly F[]): F | undefined {
  const alike = named(name, unfinished).filter((u) => u.size === file.size);
  return alike.find((u) => u.name === name) ?? (alike.length === 1 ? alike[0] : undefined);
}

/** Those of a name, with or without folders. */
export function named<F extends Sized>(name: string, files: readonly F[]): F[] {
  return files.filter((f) => f.name === name || baseName(f.name) === baseName(name));
}

export function baseName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
