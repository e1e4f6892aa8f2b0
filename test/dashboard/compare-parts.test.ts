import { describe, expect, it } from "vitest";

import {
  histogramsOf,
  categoriesOf,
  scaleOf,
  valueTicks,
} from "../../src/dashboard/charts/histogram.ts";
import { niceTicks } from "../../src/dashboard/charts/ticks.ts";
import { chosenArms } from "../../src/dashboard/screens/compare/arms.ts";
import {
  effectText,
  intervalText,
  marginText,
  pText,
  versionText,
} from "../../src/dashboard/screens/compare/text.ts";
import {
  fitted,
  metricsFor,
  moved,
  newPanel,
  stretchOf,
  titleOf,
} from "../../src/dashboard/screens/dashboards/panels.ts";
import { Panel } from "../../src/features/dashboards/contract.ts";

describe("chosenArms", () => {
  const versions = [
    { version: 3, labels: ["latest"] },
    { version: 2, labels: ["production"] },
    { version: 1, labels: [] },
  ];

  it("are those of the address, else production against the newest other", () => {
    expect(chosenArms(versions, {})).toEqual({ control: 2, candidate: 3 });
    expect(chosenArms(versions, { control: 1, candidate: 2 })).toEqual({
      control: 1,
      candidate: 2,
    });
    expect(chosenArms(versions, { candidate: 2 })).toEqual({ control: 1, candidate: 2 });
    expect(chosenArms(versions, { control: 3 })).toEqual({ control: 3, candidate: 2 });
  });

  it("are never one version twice, nor one that is not there", () => {
    expect(chosenArms(versions, { control: 2, candidate: 2 })).toEqual({
      control: 1,
      candidate: 2,
    });
    expect(chosenArms(versions, { control: 9, candidate: 8 })).toEqual({
      control: 2,
      candidate: 3,
    });
    expect(chosenArms(versions.slice(0, 1), {})).toBeNull();
    expect(chosenArms([], {})).toBeNull();
  });
});

describe("words of a comparison", () => {
  it("say effects in their own units", () => {
    expect(effectText({ unit: "relative" }, 0.08)).toBe("+8 %");
    expect(effectText({ unit: "points" }, -0.021)).toBe("-2.1 points");
    expect(effectText({ unit: "ratio" }, 1.4)).toBe("1.4 times");
    expect(effectText({ unit: "unit" }, 0.05)).toBe("+0.05");
    expect(effectText({ unit: "unit" }, 0)).toBe("0");
    const interval = { low: null, high: 0.2 };
    expect(intervalText({ unit: "relative", estimate: 0.1, interval })).toBe("no bound to +20 %");
  });

  it("say margins in the words of their scale", () => {
    expect(marginText({ scale: "log", margin: 1.1, better: "lower" })).toBe("10 %");
    expect(marginText({ scale: "relative", margin: 0.1, better: "lower" })).toBe("10 %");
    expect(marginText({ scale: "events", margin: 2, better: "lower" })).toBe("2 times");
    expect(marginText({ scale: "raw", margin: 0.03, better: "higher" })).toBe("0.03");
  });

  it("never say that p is 0", () => {
    expect(pText(0)).toBe("< 0.001");
    expect(pText(0.0432)).toBe("0.0432");
  });

  it("lay a version out as text, messages under their roles, config below", () => {
    expect(versionText({ prompt: "Hi {{name}}", config: {} })).toBe("Hi {{name}}");
    const prompt = [
      { role: "system", content: "Be kind." },
      { type: "placeholder", name: "history" },
    ];
    expect(versionText({ prompt, config: { temperature: 0 } })).toBe(
      '[system]\nBe kind.\n\n[placeholder history]\n\n[config]\n{\n  "temperature": 0\n}',
    );
  });
});

describe("panels of a dashboard", () => {
  it("always go together: the API takes whatever the form makes", () => {
    const scores = ["quality", "tone"];
    const charts = ["line", "volume", "percentiles", "cost", "score", "distribution", "adoption"];
    for (const before of charts) {
      for (const after of charts) {
        const first = fitted({ ...newPanel("p"), chart: before as Panel["chart"] }, scores);
        const second = fitted({ ...first, chart: after as Panel["chart"] }, scores);
        expect(Panel.safeParse(second).error, `${before} to ${after}`).toBeUndefined();
      }
    }
    const line = fitted({ ...newPanel("p"), chart: "line", metric: "latencyMs" }, scores);
    expect(line).toMatchObject({ metric: "latencyMs", statistic: "mean" });
    expect(fitted({ ...line, metric: "errors" }, scores).statistic).toBe("count");
    expect(metricsFor("score", [])).toEqual([]);
  });

  it("are named by what they show", () => {
    const line = {
      ...newPanel("p"),
      chart: "line",
      metric: "latencyMs",
      statistic: "p95",
    } as const;
    expect(titleOf(line)).toBe("p: Latency, p95");
    expect(titleOf({ ...line, title: "Ours" })).toBe("Ours");
    expect(titleOf({ ...newPanel("p"), chart: "adoption" })).toBe("p: Adoption of production");
  });

  it("move by one, and not beyond the ends", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
    expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
  });

  it("show time until the end of this minute", () => {
    const window = { days: 1, granularity: "day", environment: null } as const;
    expect(stretchOf({ window }, Date.parse("2026-11-22T12:00:30Z"))).toEqual({
      from: "2026-11-21T12:01:00.000Z",
      to: "2026-11-22T12:01:00.000Z",
      environment: undefined,
    });
  });
});

describe("histograms", () => {
  const distributions = {
    metric: "latencyMs",
    unit: "ms",
    scale: "log" as const,
    data: [
      {
        version: 1,
        dataType: null,
        n: 4,
        bins: [
          { low: 0, high: 0, count: 1 },
          { low: 100, high: 1000, count: 3 },
        ],
        categories: null,
        observations: "",
      },
      { version: 2, dataType: null, n: 0, bins: [], categories: null, observations: "" },
    ],
  };

  it("are shares of a version, and leave out those without values", () => {
    const shown = histogramsOf(distributions);
    expect(shown.map(({ name, n }) => [name, n])).toEqual([["v1", 4]]);
    expect(shown[0]?.bars.map(({ share }) => share)).toEqual([0.25, 0.75]);
  });

  it("stand on one axis, zeros at its very left", () => {
    const shown = histogramsOf(distributions);
    const scale = scaleOf(shown, "log");
    expect([0, 100, 1000].map(scale)).toEqual([0, 0, 1]);
    expect(scale(Math.sqrt(100 * 1000))).toBeCloseTo(0.5, 10);
    expect(valueTicks(shown, "log", niceTicks)).toEqual([100, 200, 500, 1000]);
  });

  it("hold a single value in the middle", () => {
    const bins = [{ low: 0.5, high: 0.5, count: 1 }];
    const data = [{ ...distributions.data[0]!, bins, n: 1 }];
    const shown = histogramsOf({ ...distributions, scale: "linear", data });
    expect(scaleOf(shown, "linear")(0.5)).toBe(0.5);
  });

  it("list categories in one order, the commonest of all first", () => {
    const of = (version: number, categories: Record<string, number>, n: number) => ({
      version,
      dataType: "CATEGORICAL",
      n,
      bins: null,
      categories,
      observations: "",
    });
    const data = [of(1, { curt: 1, kind: 2 }, 3), of(2, { kind: 5 }, 5)];
    expect(categoriesOf({ ...distributions, data }).map(({ counts }) => counts)).toEqual([
      [
        ["kind", 2],
        ["curt", 1],
      ],
      [
        ["kind", 5],
        ["curt", 0],
      ],
    ]);
  });
});
