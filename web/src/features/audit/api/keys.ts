/** The search over what was done is kept below this key. */
export const auditKey = ["audit"] as const;

/** The seals over the log. */
export const sealsKey = ["seals"] as const;
