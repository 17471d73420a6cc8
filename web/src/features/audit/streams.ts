const prefix = "sourceRequest-";

/** The id of the request whose stream it is. */
export function requestOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined;
}
