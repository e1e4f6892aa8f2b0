/** How a series is told from its neighbours: never by its colour alone. */
export type Look = {
  /** A name of Mantine's palette that has a contrast of 3 on both backgrounds. */
  colour: string;
  /** Of a line, as SVG has it; "" is solid. */
  dash: string;
  marker: Marker;
  /** Of an area or a bar. */
  fill: Fill;
};
export type Marker = "circle" | "square" | "triangle" | "diamond" | "cross";
export type Fill = "plain" | "rising" | "dots" | "falling" | "level";

const COLOURS = [
  "blue.7",
  "orange.8",
  "teal.8",
  "grape.7",
  "red.8",
  "cyan.8",
  "lime.9",
  "pink.7",
] as const;
const DASHES = ["", "7 4", "2 3", "10 3 2 3", "14 4"] as const;
const MARKERS = ["circle", "square", "triangle", "diamond", "cross"] as const;
const FILLS = ["plain", "rising", "dots", "falling", "level"] as const;

/** The look at a place; 40 differ, because colours and patterns come round at different places. */
export const lookAt = (place: number): Look => ({
  colour: COLOURS[place % COLOURS.length] ?? COLOURS[0],
  dash: DASHES[place % DASHES.length] ?? DASHES[0],
  marker: MARKERS[place % MARKERS.length] ?? MARKERS[0],
  fill: FILLS[place % FILLS.length] ?? FILLS[0],
});

/** A version looks alike on every screen, whichever others stand beside it. */
export const lookOf = (version: number): Look => lookAt(version - 1);
