import { t } from "@/shared/i18n/t";

// The rule is the server's, which has the last word; here it is said in words
// before anything is sent.
const least = 12; // characters
const most = 200; // characters

export const passwordRule = t("password.rule", { least });

/** What is wrong with a new password, if anything is. */
export function passwordFault(password: string): string | undefined {
  const length = [...password].length; // characters, as the server counts them
  if (length < least) return t("password.short", { count: length, least });
  if (length > most) return t("password.long", { most });
  return undefined;
}
