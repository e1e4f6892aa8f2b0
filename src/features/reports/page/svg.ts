import type { Effect } from "../contract.ts";
import { joined, type Markup, markup, NOTHING } from "./markup.ts";

/*
 * Charts as inline SVG: no script, no font, no address. Colours are classes of the page's style, so
 * they follow light and dark; every bar says its number when the pointer rests on it.
 */

/** One bar: its name, its value (null: unknown) and how the value is told. */
export type Bar = { name: string; value: number | null; text: string };

const WIDTH = 480;
const HEIGHT = 170;
const LEFT = 52;
const BOTTOM = 24;
const TOP = 10;
const GRID_LINES = 4;
const MAX_NAMES = 8;

const round = (x: number): number => Number(x.toFixed(2));

/** A round number at or above a value, so that the axis has few digits: 1, 2, 2.5 or 5 times a power of ten. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

type Plot = { top: number; width: number; y: (value: number) => number };

function gridOf({ top, y }: Plot, axisText: (value: number) => string): Markup {
  const lines = Array.from({ length: GRID_LINES + 1 }, (_, i) => (top * i) / GRID_LINES);
  return joined(
    lines.map(
      (
        value,
      ) => markup`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${round(y(value))}" y2="${round(y(value))}"/>
<text class="axis" x="${LEFT - 6}" y="${round(y(value) + 3.5)}" text-anchor="end">${axisText(value)}</text>`,
    ),
  );
}

/** The bars of the time before, as ticks at their height. */
const ticksOf = ({ width, y }: Plot, before: readonly Bar[]): Markup =>
  joined(
    before.map(({ name, value, text }, i) =>
      value === null
        ? NOTHING
        : markup`<line class="before" x1="${round(LEFT + width * (i + 0.08))}" x2="${round(LEFT + width * (i + 0.92))}" y1="${round(y(value))}" y2="${round(y(value))}"><title>before, ${name}: ${text}</title></line>`,
    ),
  );

function barsOf({ width, y }: Plot, bars: readonly Bar[]): Markup {
  const every = Math.ceil(bars.length / MAX_NAMES);
  return joined(
    bars.map(({ name, value, text }, i) => {
      const x = LEFT + width * i;
      const height = value === null ? 0 : Math.max(value > 0 ? 1 : 0, y(0) - y(value));
      const named = i % every === 0;
      return markup`<rect class="bar" x="${round(x + width * 0.16)}" y="${round(y(0) - height)}" width="${round(width * 0.68)}" height="${round(height)}" rx="2"><title>${name}: ${text}</title></rect>${
        value === null
          ? markup`<text class="axis" x="${round(x + width / 2)}" y="${round(y(0) - 5)}" text-anchor="middle">?</text>`
          : null
      }${
        named
          ? markup`<text class="axis" x="${round(x + width / 2)}" y="${HEIGHT - 7}" text-anchor="middle">${name}</text>`
          : null
      }`;
    }),
  );
}

/**
 * Bars side by side, with those of as many days before as ticks.
 *
 * @param title what a screen reader says
 * @param axisText a value as the axis writes it
 */
export function barChart(
  title: string,
  { bars, before }: { bars: readonly Bar[]; before: readonly Bar[] },
  axisText: (value: number) => string,
): Markup {
  const known = [...bars, ...before].flatMap(({ value }) => value ?? []);
  const top = niceCeiling(Math.max(0, ...known));
  const height = HEIGHT - TOP - BOTTOM;
  const plot: Plot = {
    top,
    width: (WIDTH - LEFT) / Math.max(1, bars.length),
    y: (value) => TOP + height * (1 - value / top),
  };
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${gridOf(plot, axisText)}${barsOf(plot, bars)}${ticksOf(plot, before)}</svg>`;
}

const SPARK_WIDTH = 96;
const SPARK_HEIGHT = 24;

/** Small bars without an axis, for a table's cell. */
export function sparkBars(title: string, values: readonly number[]): Markup {
  const top = Math.max(1, ...values);
  const width = SPARK_WIDTH / Math.max(1, values.length);
  const bars = values.map((value, i) => {
    const height = value === 0 ? 0.6 : Math.max(1.2, (SPARK_HEIGHT * value) / top);
    return markup`<rect class="${value === 0 ? "none" : "bar"}" x="${round(width * i + width * 0.12)}" y="${round(SPARK_HEIGHT - height)}" width="${round(width * 0.76)}" height="${round(height)}"/>`;
  });
  return markup`<svg class="spark" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" role="img" aria-label="${title}">${bars}</svg>`;
}

const PLOT_WIDTH = 200;
const PLOT_HEIGHT = 22;

/** Of a ratio no change is 1, else 0: shown as logarithms and as they are. */
const onAxis = (unit: Effect["unit"], value: number): number =>
  unit === "ratio" ? Math.log(value) : value;

/** The farthest bound, the margin included, so that zero is in the middle. */
function reachOf({ unit, estimate, interval }: Effect, margin: number | null): number {
  const ends = [estimate, interval.low, interval.high].flatMap((value) =>
    value === null ? [] : [Math.abs(onAxis(unit, value))],
  );
  return Math.max(...ends, margin ?? 0) * 1.12 || 1;
}

/**
 * An effect with its interval around no change, the margin as a band.
 *
 * @param margin on the scale of the effect, as a distance from no change; null where there is none
 */
export function intervalPlot(
  title: string,
  effect: Effect,
  { margin, mood }: { margin: number | null; mood: string },
): Markup {
  const reach = reachOf(effect, margin);
  const x = (value: number): number =>
    round(
      PLOT_WIDTH / 2 + (Math.max(-reach, Math.min(reach, value)) / reach) * (PLOT_WIDTH / 2 - 4),
    );
  const { unit, estimate, interval } = effect;
  const end = (value: number | null, none: number): number =>
    x(value === null ? none : onAxis(unit, value));
  const middle = PLOT_HEIGHT / 2;
  return markup`<svg class="plot ${mood}" viewBox="0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}" role="img" aria-label="${title}"><title>${title}</title>${
    margin === null
      ? null
      : markup`<rect class="margin" x="${x(-margin)}" y="2" width="${round(x(margin) - x(-margin))}" height="${PLOT_HEIGHT - 4}" rx="2"/>`
  }<line class="zero" x1="${PLOT_WIDTH / 2}" x2="${PLOT_WIDTH / 2}" y1="0" y2="${PLOT_HEIGHT}"/><line class="range" x1="${end(interval.low, -reach)}" x2="${end(interval.high, reach)}" y1="${middle}" y2="${middle}"/><circle class="point" cx="${x(onAxis(unit, estimate))}" cy="${middle}" r="4"/></svg>`;
}
