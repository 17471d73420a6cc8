/** All that is known of the inbox is kept below this key. */
export const inboxKey = ["inbox"] as const;

export const rulesKey = ["notification-rules"] as const;
