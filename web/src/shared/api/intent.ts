import { useRef } from "react";

/**
 * One thing that a user wants done. Its key goes with every attempt, so that a
 * retry of an unanswered command does it once; another body is another intent.
 */
export class Intent {
  #body: string | undefined;
  #key = "";

  keyFor(body: unknown): string {
    const text = JSON.stringify(body) ?? ""; // a command without a body has a key too
    if (text !== this.#body) {
      this.#body = text;
      this.#key = crypto.randomUUID();
    }
    return this.#key;
  }

  /** Done: the same words again are a new intent. */
  settle(): void {
    this.#body = undefined;
  }
}

export function useIntent(): Intent {
  const ref = useRef<Intent>(null);
  ref.current ??= new Intent();
  return ref.current;
}
