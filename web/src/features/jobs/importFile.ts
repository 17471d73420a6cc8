// What a file to import is, as far as the page can tell before it is sent.

export const csvType = "text/csv";
export const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** The columns that an import reads. */
export const columns = ["request_id", "package_id", "movie_id", "title", "movie_type", "is_original", "content_partner", "fulfillment_partner", "source_type", "service_type", "language", "country", "due_date", "estimated_delivery_date", "material_status", "status"];

/** The media type that a file is sent as, by its name; undefined for what cannot be imported. */
export function typeOf(name: string): string | undefined {
  if (/\.csv$/i.test(name)) return csvType;
  return /\.xlsx$/i.test(name) ? workbookType : undefined;
}

const looked = 64 * 1024; // bytes
const shown = 5; // rows

/** The first lines of a CSV file, as they will be read. */
export async function look(file: Blob): Promise<{ header: string[]; rows: string[][] }> {
  const text = (await file.slice(0, looked).text()).replace(/^\uFEFF/, "");
  const whole = file.size <= looked;
  const rows = parse(text).filter((row) => row.some((cell) => cell.trim() !== ""));
  // The last one may have been cut off.
  const [header = [], ...rest] = whole ? rows : rows.slice(0, -1);
  return { header: header.map((cell) => cell.trim()), rows: rest.slice(0, shown) };
}

/** Rows of a CSV text: RFC 4180. */
export function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") {
      row.push(cell);
      cell = "";
    } else if (c === "\n") {
      rows.push([...row, cell.replace(/\r$/, "")]);
      row = [];
      cell = "";
    } else cell += c;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  return rows;
}

/** Refusals as a CSV file that a spreadsheet reads. */
export function toCSV(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null) => {
    // What begins like a formula would be one.
    const text = value === null ? "" : typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\uFEFF" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}
