import { useState } from "react";
import type { Schemas } from "@/shared/api/client";
import { ApiProblem } from "@/shared/api/problem";

/** A field as an edit of it began, and as it has become meanwhile. */
export interface Base<T> {
  etag: string; // what the edit is based on
  before: T;
  now: T; // not before where somebody else was quicker
  /** After a collision the edit is based on what it collided with. */
  collided: (error: unknown, read: (current: Schemas["SourceRequest"]) => T) => void;
}

/**
 * What an edit is based on: the request as it was when the form was opened.
 * The page goes on to change as others work, and their change must not be
 * overwritten by somebody who has not seen it.
 */
export function useBase<T>(etag: string, present: T): Base<T> {
  const [base, setBase] = useState({ etag, before: present, met: present });
  return {
    etag: base.etag,
    before: base.before,
    now: present === base.before ? base.met : present,
    collided: (error, read) => {
      const current = error instanceof ApiProblem ? error.problem.current : undefined;
      if (current !== undefined) setBase((b) => ({ ...b, etag: current.etag, met: read(current) }));
    },
  };
}
