/**
 * A piece of HTML that may be written as it is. There are two ways to get one: `markup`, which
 * escapes whatever is put into it, and `joined`. So no text of a user can become markup.
 */
export class Markup {
  readonly html: string;

  private constructor(html: string) {
    this.html = html;
  }

  static of(strings: readonly string[], values: readonly Insert[]): Markup {
    const html = strings
      .map((text, i) => {
        const value = values[i];
        return value === undefined ? text : text + written(value);
      })
      .join("");
    return new Markup(html);
  }

  static joined(parts: readonly Markup[]): Markup {
    return new Markup(parts.map(({ html }) => html).join(""));
  }
}

/** What may stand in a template: text and numbers are escaped, null is nothing. */
export type Insert = string | number | Markup | readonly Markup[] | null;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for between tags and for attributes in quotes. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");

function written(value: Insert): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.html;
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return value.map(({ html }) => html).join("");
}

/** A template of HTML. Attributes must be in quotes. */
export const markup = (strings: TemplateStringsArray, ...values: Insert[]): Markup =>
  Markup.of(strings, values);

export const joined = (parts: readonly Markup[]): Markup => Markup.joined(parts);

export const NOTHING: Markup = joined([]);
