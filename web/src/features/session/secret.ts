import { useEffect, useState } from "react";

/** The secret of a mailed link: what follows the hash sign. */
export function secretIn(hash: string): string | undefined {
  const secret = hash.replace(/^#/, "");
  return secret === "" ? undefined : secret;
}

/**
 * Takes the secret out of the page's URL, where it would stay in the browser's
 * history. It goes to the server in a body only.
 */
export function useSecret(): string | undefined {
  const [secret, setSecret] = useState(() => secretIn(window.location.hash));
  useEffect(() => {
    const take = () => {
      const found = secretIn(window.location.hash);
      if (found === undefined) return;
      setSecret(found);
      window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
    };
    take();
    // Another link that is opened in the same tab changes the hash only.
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, []);
  return secret;
}
