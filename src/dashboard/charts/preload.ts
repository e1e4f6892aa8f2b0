/**
 * Fetches the drawing library beside a screen's code and data instead of after them. Where that
 * fails, the first chart asks again and says so.
 */
export const preloadDrawing = (): void =>
  void import("./time-chart-drawing.tsx").catch(() => undefined);
