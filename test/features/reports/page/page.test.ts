import { describe, it } from "vitest";

import type { Report, ReportContent } from "../../../../src/features/reports/contract.ts";
import { formatFor } from "../../../../src/features/reports/format.ts";
import { markdownOf } from "../../../../src/features/reports/markdown.ts";
import { htmlOf } from "../../../../src/features/reports/page/html.ts";
import { joined, markup } from "../../../../src/features/reports/page/markup.ts";
import { barChart, intervalPlot, niceCeiling } from "../../../../src/features/reports/page/svg.ts";
import { exampleReport } from "../example.ts";

const EVIL = `</title><script>alert("x")</script><img src=x onerror='alert(1)'>"'&{{`;

/** Every text in a value becomes one that would like to be markup; names keep a part of their own. */
function poisoned(value: unknown, key = ""): unknown {
  if (typeof value === "string") return KEPT.has(key) ? value : `${value}${EVIL}`;
  if (Array.isArray(value)) return value.map((one) => poisoned(one, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, poisoned(of, name)]));
}

/** What the product itself writes: words of a list, dates and instants. */
const KEPT = new Set([
  "verdict",
  "unit",
  "kind",
  "state",
  "day",
  "at",
  "openedAt",
  "resolvedAt",
  "startedAt",
  "endedAt",
  "replacedAt",
  "createdAt",
  "readyAt",
  "from",
  "to",
  "firstDay",
  "lastDay",
  "expiresAt",
]);

type Ready = Report & { content: ReportContent };
const evil = poisoned(exampleReport()) as Ready;

/** Names of the tags in a page, and of the attributes of each. */
function tagsOf(html: string): { name: string; attributes: string[] }[] {
  const body = html.replace(/<style>[\s\S]*?<\/style>/, "");
  return Array.from(
    body.matchAll(/<([a-zA-Z!][^\s/>]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g),
    ([, name = "", rest = ""]) => ({
      name: name.toLowerCase(),
      attributes: Array.from(rest.matchAll(/([\w:-]+)(?:="[^"]*")?/g), ([, attribute = ""]) =>
        attribute.toLowerCase(),
      ),
    }),
  );
}

describe("the page", () => {
  it("says what the report says", ({ expect }) => {
    const html = htmlOf(exampleReport());
    for (const said of [
      "4,450",
      "9 to 15 November 2026",
      "support/triage",
      "Asks for the order number",
      "rolled back",
      "legal/clause-check",
      "Europe/Berlin",
    ]) {
      expect(html).toContain(said);
    }
  });

  it("holds no script, loads nothing, and sends nobody anywhere", ({ expect }) => {
    const html = htmlOf(exampleReport());
    const tags = tagsOf(html);
    const allowed = new Set(
      "!doctype html head meta title body main header footer section div span p h1 h2 h3 ul li table thead tbody tr th td details summary time svg rect line circle text".split(
        " ",
      ),
    );
    expect([...new Set(tags.map(({ name }) => name))].filter((name) => !allowed.has(name))).toEqual(
      [],
    );
    const attributes = new Set(tags.flatMap((tag) => tag.attributes));
    const loading = [
      "src",
      "href",
      "srcset",
      "action",
      "data",
      "xlink:href",
      "background",
      "poster",
    ];
    expect(
      [...attributes].filter((name) => name.startsWith("on") || loading.includes(name)),
    ).toEqual([]);
    expect(html).not.toMatch(/url\(|@import|https?:\/\//);
    expect(html).toMatch(/prefers-color-scheme: dark/);
  });

  it("turns no text into markup, wherever it stands", ({ expect }) => {
    const html = htmlOf(evil);
    expect(html).toContain("&lt;script&gt;alert(&quot;x&quot;)");
    expect(html).not.toMatch(/<script|<img|onerror='|<\/title><script/);
    const names = (page: string) =>
      tagsOf(page).map(({ name, attributes }) => `${name} ${attributes.join(" ")}`);
    // Poison changes texts; the tags and their attributes stay those of the same report without.
    expect(names(html)).toEqual(names(htmlOf(exampleReport())));
  });

  it("shows a report of nothing", ({ expect }) => {
    const { content, ...rest } = exampleReport([]);
    const html = htmlOf({ ...rest, content: { ...content, withoutTraffic: [] } });
    expect(html).toContain("Nothing moved beyond chance");
    expect(html).not.toContain("<h2>Prompts</h2>");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("says nothing that is no number", ({ expect }) => {
    expect(htmlOf(exampleReport())).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });
});

describe("markup", () => {
  it("escapes what is put in, and only that", ({ expect }) => {
    const name = `<b a="1" c='2'>&`;
    expect(markup`<p title="${name}">${name}${null}${3}</p>`.html).toBe(
      '<p title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;3</p>',
    );
    expect(joined([markup`<i>`, markup`</i>`]).html).toBe("<i></i>");
    expect(markup`${[markup`<b>`, markup`${"<"}`]}`.html).toBe("<b>&lt;");
  });
});

describe("charts", () => {
  it("have an axis of round numbers", ({ expect }) => {
    expect([0, 0.7, 1, 1.2, 23, 640, 9_999].map(niceCeiling)).toEqual([
      1, 0.8, 1, 2, 25, 800, 10_000,
    ]);
  });

  it("draw bars to scale, and tell what is unknown", ({ expect }) => {
    const bars = [
      { name: "a", value: 50, text: "50" },
      { name: "b", value: 100, text: "100" },
      { name: "c", value: null, text: "unknown" },
    ];
    const { html } = barChart("t", { bars, before: [] }, String);
    const heights = Array.from(html.matchAll(/class="bar"[^>]* height="([\d.]+)"/g), ([, height]) =>
      Number(height),
    );
    expect(heights[1]).toBeCloseTo(2 * (heights[0] ?? 0), 1);
    expect(heights[2]).toBe(0);
    expect(html).toContain(">?</text>");
  });

  it("put no change in the middle of an interval, of ratios too", ({ expect }) => {
    const plot = (unit: "relative" | "ratio", estimate: number, low: number, high: number | null) =>
      intervalPlot("t", { unit, estimate, interval: { low, high } }, { margin: null, mood: "same" })
        .html;
    const middle = (html: string): number => Number(/cx="([\d.]+)"/.exec(html)?.[1]);
    expect(middle(plot("relative", 0, -0.1, 0.1))).toBe(100);
    expect(middle(plot("ratio", 1, 0.5, 2))).toBe(100);
    expect(middle(plot("ratio", 1.5, 0.5, null))).toBeGreaterThan(100);
    expect(plot("relative", 0, 0, 0)).not.toContain("NaN");
  });
});

describe("Markdown", () => {
  it("says what the report says", ({ expect }) => {
    const text = markdownOf(exampleReport());
    expect(text).toContain("# Weekly report, 9 to 15 November 2026");
    expect(text).toContain("| support/triage | 1,451");
    expect(text).toContain("**support/triage · production: v1 → v2: worse**");
  });

  it("keeps every text on its line and in its cell", ({ expect }) => {
    const [first, ...others] = evil.content.prompts;
    const broken = {
      ...evil,
      content: {
        ...evil.content,
        prompts: first ? [{ ...first, prompt: "a|b\n# c `d` <script>" }, ...others] : [],
      },
    };
    const text = markdownOf(broken);
    expect(text).toContain("| a\\|b \\# c \\`d\\` \\<script\\> |");
    expect(text).not.toMatch(/(?<!\\)<script|(?<!\\)<img/);
    const lines = (report: Ready): number => markdownOf(report).split("\n").length;
    expect(lines(evil)).toBe(lines(exampleReport()));
  });
});

describe("the format", () => {
  it("is what Accept likes best of what there is", ({ expect }) => {
    const of = (accept: string | undefined) => formatFor(accept, "json");
    expect(of(undefined)).toBe("json");
    expect(of("*/*")).toBe("json");
    expect(of("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")).toBe("html");
    expect(of("text/html;q=0.5, text/markdown")).toBe("markdown");
    expect(of("text/html;q=0, image/png")).toBe("json");
    expect(of("text/html;q=nonsense")).toBe("json");
  });
});
