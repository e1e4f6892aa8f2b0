import type { Effect } from "../contract.ts";
import { changeText, instantText } from "../words.ts";
import { joined, type Markup, markup, NOTHING } from "./markup.ts";

/** A verdict as a badge: its word, and a colour that is never the only sign. */
export function verdictBadge(verdict: string | null, none = "not compared"): Markup {
  const sign = verdict === "worse" ? "✗ " : verdict === "better" ? "✓ " : "";
  return markup`<span class="badge ${moodOf(verdict)}">${sign}${verdict ?? none}</span>`;
}

/** What colour an effect is drawn in. */
export const moodOf = (verdict: string | null): string =>
  verdict === "worse" || verdict === "better" ? verdict : "same";

/** A section with its heading; nothing where there is nothing in it. */
export const section = (title: string, parts: readonly Markup[]): Markup =>
  parts.length === 0 ? NOTHING : markup`<section><h2>${title}</h2>${joined(parts)}</section>`;

export const card = (...parts: Markup[]): Markup =>
  markup`<div class="card">${joined(parts)}</div>`;

/** A column: its heading, and whether it holds numbers. */
export type Column = [name: string, kind?: "number"];

/**
 * A table that may be wider than a small screen; it can be reached and scrolled by keyboard then.
 *
 * @param name what a screen reader says
 * @param rows cells of each row, complete with their `td`
 */
export const table = (name: string, columns: readonly Column[], rows: readonly Markup[]): Markup =>
  markup`<div class="wide" tabindex="0" role="region" aria-label="${name}"><table><thead><tr>${columns.map(
    ([heading, kind]) => markup`<th class="${kind ?? ""}" scope="col">${heading}</th>`,
  )}</tr></thead><tbody>${rows.map((row) => markup`<tr>${row}</tr>`)}</tbody></table></div>`;

export const cell = (content: string | Markup): Markup => markup`<td>${content}</td>`;

export const nameCell = (name: string): Markup => markup`<td class="name-cell">${name}</td>`;

/** A number with what it changed by below it. */
export const numberCell = (value: string, note: string | null = null): Markup =>
  markup`<td class="number">${value}${note === null ? null : markup`<span class="note">${note}</span>`}</td>`;

/** `▲ +8 %`: the arrow says it without colour. */
export function arrowText(change: number | null): string | null {
  const text = changeText(change);
  if (text === null || change === null) return null;
  if (Math.abs(change) < 0.0005) return `● ${text}`;
  return `${change > 0 ? "▲" : "▼"} ${text}`;
}

export const time = (iso: string): Markup =>
  markup`<time datetime="${iso}" class="nowrap">${instantText(iso)}</time>`;

/** An effect's margin as a distance from no change, where it is on the effect's own scale. */
export const marginOfEffect = ({ unit }: Effect, margin: number | null): number | null =>
  unit === "ratio" ? null : margin;
