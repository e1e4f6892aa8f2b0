/** Lines on a grid of 24, drawn in the colour of the text. */
const PATHS = {
  prompt: "M5 4h14v12H9l-4 4zM9 8h6M9 12h4",
  metrics: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  compare: "M12 3v18M4 8h5M4 12h5M4 16h3M15 8h5M15 12h5M15 16h3",
  rollout: "M4 18c6 0 4-12 10-12h6M17 3l3 3-3 3M4 6h4M4 12h3",
  generation: "M4 6h16M4 12h10M4 18h13",
  monitor: "M3 12h4l3-7 4 14 3-7h4",
  incident: "M12 4l9 16H3zM12 10v4M12 17v.5",
  dashboard: "M4 4h7v9H4zM13 4h7v5h-7zM13 12h7v8h-7zM4 16h7v4H4z",
  report: "M6 3h9l4 4v14H6zM14 3v5h5M9 13h6M9 17h6",
  destination: "M4 12l16-8-6 16-3-6zM11 14l9-10",
  key: "M14 10a4 4 0 1 0-3.5 4l1.5 1.5h2v2h2v2h3v-3l-5.2-5.2c.1-.4.2-.9.2-1.3zM8.5 9.5v.1",
  audit: "M5 4h14v16H5zM8 8h8M8 12h8M8 16h5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  folder: "M3 6h7l2 2h9v11H3z",
  copy: "M8 8h12v12H8zM4 16V4h12",
  check: "M4 12l5 5L20 6",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
  help: "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2.2M12 18v.5",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  chevron: "M8 10l4 4 4-4",
  more: "M5 12h.1M12 12h.1M19 12h.1",
  retry: "M20 5v5h-5M20 10a8 8 0 1 0 1 5",
  label: "M4 4h8l8 8-8 8-8-8zM8 8v.1",
  tag: "M4 4h8l8 8-8 8-8-8zM8 8v.1",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: what it stands for is always said in words beside it. */
export const Icon = ({ name, size = 18 }: { name: IconName; size?: number }) => (
  <svg
    aria-hidden
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth={1.8}
    strokeLinecap="round"
    strokeLinejoin="round"
    style={{ flexShrink: 0 }}
  >
    <path d={PATHS[name]} />
  </svg>
);
