/** The keys of the pages. Handlers take them from here, and the help page lists them. */
export const keys = {
  palette: "mod+K",
  shortcuts: "shift+?",
  search: "/",
  group: "g",
  templates: "s",
  next: "j",
  previous: "k",
  first: "Home",
  last: "End",
  open: "Enter",
  select: "x",
  selectAll: "mod+A",
  unselect: "Escape",
  menu: ".",
  comment: "c",
  deliver: "d",
  provide: "p",
  estimatedDeliveryDate: "e",
  materialStatus: "m",
  markRead: "u",
} as const;

export type Key = keyof typeof keys;

/** Where which keys work, in the order in which somebody learns them. */
export const places: { place: "anywhere" | "sourceManagement" | "rows" | "request" | "materials" | "inbox"; keys: Key[] }[] = [
  { place: "anywhere", keys: ["palette", "shortcuts"] },
  { place: "sourceManagement", keys: ["search", "group", "templates"] },
  { place: "rows", keys: ["next", "previous", "first", "last", "open", "select", "selectAll", "unselect", "menu", "comment", "deliver", "provide", "estimatedDeliveryDate", "materialStatus"] },
  { place: "request", keys: ["comment", "deliver", "provide", "estimatedDeliveryDate", "materialStatus"] },
  { place: "materials", keys: ["next", "previous", "open", "select", "unselect", "provide"] },
  { place: "inbox", keys: ["next", "previous", "open", "markRead"] },
];

const apple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
const written: Record<string, string> = { mod: apple ? "⌘" : "Ctrl", Escape: "Esc" };

/** The caps of a key or of keys pressed together, as the reader's keyboard has them. */
export function capsOf(key: Key): string[] {
  const [first = "", ...rest] = keys[key].split("+");
  const caps = [first, ...rest].map((one) => written[one] ?? (one.length === 1 ? one.toUpperCase() : one));
  return first === "shift" ? caps.slice(1) : caps; // Shift is where the sign is
}
