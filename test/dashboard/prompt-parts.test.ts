import { array, assert, constantFrom, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";

import {
  draftOf,
  emptyDraft,
  requestOf,
  sourceOf,
  warningsOf,
} from "../../src/dashboard/screens/editor/draft.ts";
import { snippetsOf } from "../../src/dashboard/screens/prompt/snippets.ts";
import {
  armsOf,
  draftOf as armsDraftOf,
  restOf,
  splitText,
  wholeOf,
} from "../../src/dashboard/screens/prompt/split.ts";
import { piecesOf } from "../../src/dashboard/screens/prompt/template.ts";
import { variablesOf } from "../../src/features/prompts/model.ts";

describe("a template's pieces", () => {
  it("mark variables and references of both vendors, and nothing else", () => {
    const template =
      "Hi {{ name }}, {{}} {x}: @@@langfusePrompt:name=a/b|label=production@@@ @@@abvdevPrompt:name=c|version=2@@@";
    expect(piecesOf(template).filter(({ kind }) => kind !== "text")).toEqual([
      { kind: "variable", text: "{{ name }}", name: "name" },
      {
        kind: "reference",
        text: "@@@langfusePrompt:name=a/b|label=production@@@",
        name: "a/b",
        selector: "label=production",
      },
      {
        kind: "reference",
        text: "@@@abvdevPrompt:name=c|version=2@@@",
        name: "c",
        selector: "version=2",
      },
    ]);
  });

  it("are the template again, and mark the registry's own variables", () => {
    const part = constantFrom("{{", "}}", "{", "}", "a", " ", "\n", "<b>", "@@@", "name=x|label=y");
    assert(
      property(array(part), (parts) => {
        const template = parts.join("");
        const pieces = piecesOf(template);
        expect(pieces.map(({ text }) => text).join("")).toBe(template);
        const named = pieces.flatMap((piece) => (piece.kind === "variable" ? [piece.name] : []));
        expect([...new Set(named)]).toEqual(variablesOf(template));
      }),
      { numRuns: 300 },
    );
  });
});

describe("snippets", () => {
  const chat = {
    name: 'it\'s "x"/y',
    type: "chat" as const,
    prompt: [
      { role: "system", content: "{{who}} and {{odd name}}" },
      { type: "placeholder" as const, name: "history" },
    ],
  };
  const textOf = (sdk: string, chosen: { label: string } | { version: number }): string =>
    snippetsOf(chat, chosen, "https://prompts.example").find((one) => one.sdk === sdk)?.text ?? "";

  it("give every variable and placeholder, quoted as the language wants it", () => {
    expect(textOf("Langfuse JS", { label: "production" })).toContain(
      `client.prompt.get("it's \\"x\\"/y", { label: "production", type: "chat" });
const compiled = prompt.compile({ who: "…", "odd name": "…" }, { history: [] });`,
    );
    expect(textOf("ABV Python", { version: 3 })).toContain(
      `client.get_prompt("it's \\"x\\"/y", version=3, type="chat")
compiled = prompt.compile(**{"who": "…", "odd name": "…", "history": []})`,
    );
  });

  it("name this deployment and the version", () => {
    expect(textOf("HTTP", { version: 3 })).toContain(
      "https://prompts.example/api/public/v2/prompts/it%27s%20%22x%22%2Fy?version=3",
    );
  });
});

describe("a draft", () => {
  const prompt = {
    id: "p",
    projectId: "prj",
    createdBy: "key",
    tags: [],
    labels: ["production"],
    createdAt: "2026-11-20T00:00:00.000Z",
    updatedAt: "2026-11-20T00:00:00.000Z",
    name: "greet",
    version: 4,
    type: "chat" as const,
    prompt: [
      { type: "chatmessage" as const, role: "system", content: "Hi {{name}}" },
      { type: "placeholder" as const, name: "history" },
    ],
    config: { model: "m" },
    commitMessage: null,
    isActive: true,
    resolutionGraph: null,
  };

  it("is saved as what it was begun from, where nothing is changed", () => {
    expect(requestOf(draftOf(prompt), { model: "m" })).toEqual({
      name: "greet",
      type: "chat",
      prompt: [
        { role: "system", content: "Hi {{name}}" },
        { type: "placeholder", name: "history" },
      ],
      config: { model: "m" },
      labels: [],
      commitMessage: null,
    });
  });

  it("is warned of before it is saved: a brace, a variable that callers still give", () => {
    const draft = { ...emptyDraft("greet"), text: "Hi {{nam}" };
    expect(warningsOf(draft, undefined).map(({ code }) => code)).toEqual(["unbalanced_braces"]);
    const codes = warningsOf({ ...draft, text: "Hi" }, prompt).map(({ code }) => code);
    expect(codes).toEqual(["variable_vanished", "placeholder_vanished"]);
  });

  it("is one text beside its config, to be held against another", () => {
    expect(sourceOf("Hi", {})).toBe("Hi\n");
    expect(
      sourceOf(
        [
          { role: "user", content: "Hi" },
          { type: "placeholder", name: "h" },
        ],
        { a: 1 },
      ),
    ).toBe('[user]\nHi\n\n[messages: h]\n\n[config]\n{\n  "a": 1\n}\n');
  });
});

describe("a split while it is chosen", () => {
  const split = {
    version: 3,
    arms: [
      { version: 1, weight: 1_250 },
      { version: 3, weight: 8_750 },
    ],
  };

  it("is told control first, in per cent", () => {
    expect(splitText(split)).toBe("v3 87.5 %, v1 12.5 %");
  });

  it("leaves the control what the others do not take", () => {
    expect(restOf([{ id: 0, version: "1", percent: 33.33 }])).toBe(66.67);
    expect(restOf([{ id: 0, version: "1", percent: 100.01 }])).toBe(-0.01);
    expect(wholeOf(3, [{ id: 0, version: null, percent: 10 }])).toBeUndefined();
    expect(wholeOf(3, [{ id: 0, version: "1", percent: 100.01 }])).toBeUndefined();
  });

  it("is the same arms again when nothing is changed, whatever their weights", () => {
    assert(
      property(
        array(integer({ min: 0, max: 2_500 }), { minLength: 1, maxLength: 4 }),
        (weights) => {
          const others = weights.map((weight, place) => ({ version: place + 4, weight }));
          const taken = weights.reduce((sum, weight) => sum + weight, 0);
          const whole = { version: 3, arms: [...others, { version: 3, weight: 10_000 - taken }] };
          expect(wholeOf(3, armsDraftOf(whole))).toEqual(armsOf(whole));
        },
      ),
    );
  });
});
