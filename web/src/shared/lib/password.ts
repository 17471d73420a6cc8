// The rule is the server's, which has the last word; here it is said in words
// before anything is sent.
const least = 12; // characters
const most = 200; // characters

export const passwordRule = `At least ${least} characters; a few words in a row are easy to remember.`;

/** What is wrong with a new password, if anything is. */
export function passwordFault(password: string): string | undefined {
  const length = [...password].length; // characters, as the server counts them
  if (length < least) return `That is ${length} ${length === 1 ? "character" : "characters"}; a password has at least ${least}.`;
  if (length > most) return `A password has at most ${most} characters.`;
  return undefined;
}
