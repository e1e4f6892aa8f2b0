/** A cell of a table: numbers stay exact, null is empty. */
export type CsvCell = string | number | null | undefined;
export type CsvTable = { columns: string[]; rows: CsvCell[][] };

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;
/** What a spreadsheet would run as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Text from prompts and scores may begin as a formula; an apostrophe makes it text. Numbers are
 * written as they are.
 */
function cellText(cell: CsvCell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table after RFC 4180: CRLF at the end of every line, the header first. */
export const toCsv = ({ columns, rows }: CsvTable): string =>
  [columns, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");

/** A file's name from what it holds: letters, digits, dots and dashes. */
export const csvName = (...parts: readonly string[]): string =>
  `${parts
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 100)}.csv`;
