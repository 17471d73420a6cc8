/** Moves the focus to the line after, or before, this one. */
export function moveFocus(body: HTMLElement | null, line: HTMLElement, by: 1 | -1): void {
  const lines = [...(body?.querySelectorAll<HTMLElement>("[data-line]") ?? [])];
  lines[Math.max(0, Math.min(lines.length - 1, lines.indexOf(line) + by))]?.focus();
}
