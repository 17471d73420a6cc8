/** All that is known of one's own account is kept below this key. */
export const ownKey = ["account"] as const;

export const tokensKey = [...ownKey, "tokens"] as const;
