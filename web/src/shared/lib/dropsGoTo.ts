import { useEffect } from "react";

let shown: string | undefined;

/** What is dropped on the page belongs to this request as long as it is shown. */
export function useDropsGoTo(request: string | undefined): void {
  useEffect(() => {
    shown = request;
    return () => {
      shown = undefined;
    };
  }, [request]);
}

/** The request that what is dropped belongs to. */
export function dropsGoTo(): string | undefined {
  return shown;
}
