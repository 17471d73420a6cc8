/** All that is known of a request is kept below this key. */
export function requestKey(id: string): readonly ["request", string] {
  return ["request", id];
}
