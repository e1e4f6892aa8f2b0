import { describe, expect, it } from "vitest";

import { type DocumentRef, type PromptContent } from "../../../src/features/prompts/model.ts";
import {
  finderOf,
  MAX_RESOLVED_CHARACTERS,
  resolve,
  type Target,
} from "../../../src/features/prompts/references/resolve.ts";
import {
  referencesOf,
  replaceReferences,
} from "../../../src/features/prompts/references/syntax.ts";

const to = (name: string, selector: string) => `@@@langfusePrompt:name=${name}|${selector}@@@`;
const abv = (name: string, selector: string) => `@@@abvdevPrompt:name=${name}|${selector}@@@`;

describe("referencesOf", () => {
  it("reads both syntaxes, by label and by version, each once", () => {
    const text = `${to("a/b c", "label=production")} ${abv("x", "version=12")} ${to("x", "version=12")}`;
    expect(referencesOf(text)).toEqual([
      { name: "a/b c", kind: "label", selector: "production" },
      { name: "x", kind: "version", selector: "12" },
    ]);
  });

  it("reads every message of a chat prompt and no placeholder", () => {
    const chat: PromptContent = [
      { role: "system", content: to("a", "version=1") },
      { type: "placeholder", name: to("b", "version=1") },
      { role: "user", content: to("c", "label=x") },
    ];
    expect(referencesOf(chat).map(({ name }) => name)).toEqual(["a", "c"]);
  });

  it.each([
    ["three parts", "@@@langfusePrompt:name=a|label=b|version=1@@@"],
    ["one part", "@@@langfusePrompt:name=a@@@"],
    ["the name second", "@@@langfusePrompt:label=b|name=a@@@"],
    ["an empty name", "@@@langfusePrompt:name=|label=b@@@"],
    ["no number", "@@@langfusePrompt:name=a|version=b@@@"],
    ["version 0", "@@@langfusePrompt:name=a|version=0@@@"],
    ["no label", "@@@langfusePrompt:name=a|label=B C@@@"],
    ["another vendor", "@@@otherPrompt:name=a|label=b@@@"],
    ["two lines", "@@@langfusePrompt:name=a|\nlabel=b@@@"],
  ])("leaves %s as text", (_, text) => {
    expect(referencesOf(text)).toEqual([]);
    expect(replaceReferences(`<${text}>`, () => "!")).toBe(`<${text}>`);
  });
});

/** Text prompts by name, each with the versions given; labels are `v<number>`. */
function shelf(prompts: Record<string, PromptContent[]>) {
  const targets = Object.entries(prompts).flatMap(([name, versions]) =>
    versions.flatMap((prompt, index) => {
      const version = index + 1;
      const target: Target = {
        id: `${name}#${version}`,
        name,
        version,
        prompt,
        type: typeof prompt === "string" ? "text" : "chat",
      };
      const refs: DocumentRef[] = [
        { name, kind: "version", selector: String(version) },
        { name, kind: "label", selector: `v${version}` },
      ];
      return refs.map((ref) => ({ ref, target }));
    }),
  );
  return finderOf(targets);
}

const root = (prompt: PromptContent) => ({ id: "root#1", name: "root", version: 1, prompt });

describe("resolve", () => {
  it("inserts what is referred to, and what that refers to, and tells the graph", () => {
    const find = shelf({ a: [`A(${to("b", "label=v1")})`], b: ["B"] });
    expect(resolve(root(`${to("a", "version=1")}+${abv("b", "version=1")}`), find)).toEqual({
      ok: true,
      prompt: "A(B)+B",
      graph: {
        root: { id: "root#1", name: "root", version: 1 },
        dependencies: {
          "root#1": [
            { id: "a#1", name: "a", version: 1 },
            { id: "b#1", name: "b", version: 1 },
          ],
          "a#1": [{ id: "b#1", name: "b", version: 1 }],
        },
      },
    });
  });

  it("inserts literally: dollars, quotes, backslashes and newlines", () => {
    const literal = `$& $1 $$ "q" \\ \n {{x}} $\``;
    const find = shelf({ a: [literal] });
    expect(resolve(root(`<${to("a", "version=1")}>`), find)).toMatchObject({
      prompt: `<${literal}>`,
    });
  });

  it("does not read again what came together by inserting", () => {
    const find = shelf({ a: ["@@@langfusePrompt:name=b|"], b: ["B"] });
    const text = `${to("a", "version=1")}label=v1@@@`;
    expect(resolve(root(text), find)).toMatchObject({
      prompt: "@@@langfusePrompt:name=b|label=v1@@@",
    });
  });

  it("resolves every message of a chat prompt, and keeps roles and placeholders", () => {
    const find = shelf({ a: ["A"] });
    const chat: PromptContent = [
      { role: "system", content: to("a", "label=v1") },
      { type: "placeholder", name: "history" },
    ];
    expect(resolve(root(chat), find)).toMatchObject({
      prompt: [
        { role: "system", content: "A" },
        { type: "placeholder", name: "history" },
      ],
    });
  });

  it("has no graph when nothing is referred to", () => {
    expect(resolve(root("plain"), shelf({}))).toEqual({ ok: true, prompt: "plain", graph: null });
  });

  it("takes five prompts on a path, and not six", () => {
    const chain = { a: [to("b", "v")], b: [to("c", "v")], c: [to("d", "v")], d: ["D"], e: ["E"] };
    const link = (name: string) => to(name, "version=1");
    const four = { ...chain, a: [link("b")], b: [link("c")], c: [link("d")] };
    expect(resolve(root(link("a")), shelf(four))).toMatchObject({ ok: true, prompt: "D" });
    const five = { ...four, d: [link("e")] };
    expect(resolve(root(link("a")), shelf(five))).toMatchObject({
      ok: false,
      problem: expect.stringContaining("deeper than 5"),
    });
  });

  it("counts the depth of a prompt again wherever it is inserted", () => {
    const link = (name: string) => to(name, "version=1");
    const find = shelf({
      a: [link("b")],
      b: [link("c")],
      c: [link("d")],
      d: [link("e")],
      e: ["E"],
    });
    // b is fine right under the root (b, c, d, e), and too deep under a.
    expect(resolve(root(link("b")), find)).toMatchObject({ ok: true });
    expect(resolve(root(`${link("b")} ${link("a")}`), find)).toMatchObject({ ok: false });
  });

  it.each([
    ["itself", { root: ["x"] }, to("root", "version=1"), "circular"],
    ["another version of itself", { root: ["x", "y"] }, to("root", "version=2"), "circular"],
    ["a circle", { a: [to("b", "version=1")], b: [to("a", "version=1")] }, to("a", "v1"), ""],
    [
      "itself through another",
      { a: [to("root", "version=1")], root: ["x"] },
      to("a", "version=1"),
      "'root' -> 'a' -> 'root' is circular",
    ],
    ["a missing prompt", {}, to("a", "label=v1"), "there is no prompt 'a' with label 'v1'"],
    ["a missing version", { a: ["x"] }, to("a", "version=2"), "no prompt 'a' with version 2"],
    ["a chat prompt", { a: [[]] }, to("a", "version=1"), "only text prompts"],
  ])("refuses %s", (why, prompts, text, problem) => {
    const asked = why === "a circle" ? to("a", "version=1") : text;
    const result = resolve(root(asked), shelf(prompts));
    expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  it("stops before references that multiply fill the memory", () => {
    const ten = (name: string) => to(name, "version=1").repeat(100);
    const find = shelf({ a: [ten("b")], b: [ten("c")], c: [ten("d")], d: ["x".repeat(1000)] });
    const result = resolve(root(ten("a")), find);
    expect(result).toMatchObject({
      ok: false,
      problem: expect.stringContaining(String(MAX_RESOLVED_CHARACTERS)),
    });
  });
});
