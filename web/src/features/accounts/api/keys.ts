/** The accounts that one may know of. */
export const accountsKey = ["accounts"] as const;

export const organisationsKey = ["organisations"] as const;
