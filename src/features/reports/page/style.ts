/** The style of a report's page. Light or dark is the reader's own setting; it prints in light. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #e1e5ea; --text: #18202b; --soft: #5b6675;
  --accent: #4657d9; --accent-soft: #c9cff7; --before: #9aa4b2;
  --worse: #b42318; --worse-soft: #fde8e6; --better: #14713d; --better-soft: #e1f4e8;
  --open: #8a5a00; --open-soft: #fbf0d9; --same: #44505f; --same-soft: #eaedf1; --band: #e9ecf2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --card: #191f28; --line: #2c3541; --text: #e6eaf0; --soft: #9ba7b6;
    --accent: #8b98f5; --accent-soft: #39427f; --before: #77828f;
    --worse: #ff9c92; --worse-soft: #45201d; --better: #7fd6a2; --better-soft: #17382a;
    --open: #f0c26a; --open-soft: #3b301a; --same: #b6c0cc; --same-soft: #28313c; --band: #2a323e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  -webkit-text-size-adjust: 100%;
}
main { max-width: 1080px; margin: 0 auto; padding: 36px 24px 56px; }
h1 { font-size: 28px; line-height: 1.2; margin: 4px 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 40px 0 12px; }
h3, .card h2 { font-size: 15px; margin: 0; font-weight: 600; }
p { margin: 0 0 8px; }
.eyebrow { color: var(--accent); font-weight: 600; }
.soft, .note { color: var(--soft); }
.note { font-size: 13px; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 24px 0 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
.card + .card { margin-top: 12px; }
.tile .name { color: var(--soft); font-size: 13px; }
.tile .value { font-size: 26px; font-weight: 650; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; line-height: 1.3; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.tiles .card + .card, .charts .card + .card { margin-top: 0; }
.short { margin: 0; padding-left: 20px; }
.short li { margin: 4px 0; overflow-wrap: anywhere; }
svg { display: block; }
.chart { width: 100%; height: auto; margin-top: 8px; }
.spark { width: 96px; height: 24px; }
.plot { width: 200px; height: 22px; }
.bar { fill: var(--accent); }
.none { fill: var(--before); }
.before { stroke: var(--text); stroke-width: 2; opacity: 0.5; }
.grid, .zero { stroke: var(--line); stroke-width: 1; }
.zero { stroke: var(--before); }
.axis { fill: var(--soft); font-size: 11px; }
.margin { fill: var(--band); }
.range { stroke: var(--same); stroke-width: 2; }
.point { fill: var(--same); }
.plot.worse .range { stroke: var(--worse); } .plot.worse .point { fill: var(--worse); }
.plot.better .range { stroke: var(--better); } .plot.better .point { fill: var(--better); }
.legend { font-size: 12px; color: var(--soft); margin: 6px 0 0; }
.key { display: inline-block; width: 14px; height: 8px; border-radius: 2px; background: var(--accent); margin: 0 5px 0 0; }
.key.tick { height: 2px; vertical-align: middle; background: var(--text); opacity: 0.5; margin-left: 14px; }
.head { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: baseline; }
.head h3 { overflow-wrap: anywhere; }
.badge { display: inline-block; font-size: 12px; font-weight: 600; padding: 1px 8px; border-radius: 999px; white-space: nowrap; background: var(--same-soft); color: var(--same); }
.badge.worse { background: var(--worse-soft); color: var(--worse); }
.badge.better { background: var(--better-soft); color: var(--better); }
.badge.open { background: var(--open-soft); color: var(--open); }
.quote { border-left: 3px solid var(--line); padding-left: 10px; margin: 8px 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; margin-top: 10px; }
.card > .wide:first-child { margin-top: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 12px; font-weight: 600; color: var(--soft); padding: 4px 14px 6px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tr:last-child td { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
.number .note, .tile .note { display: block; }
.name-cell { overflow-wrap: break-word; min-width: 130px; max-width: 340px; font-weight: 550; }
.nowrap { white-space: nowrap; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; padding: 0; margin: 0; }
.chips li { background: var(--same-soft); border-radius: 6px; padding: 2px 8px; font-size: 13px; overflow-wrap: anywhere; }
details { border-top: 1px solid var(--line); padding: 10px 0; }
details:first-of-type { border-top: 0; padding-top: 0; }
details:last-of-type { padding-bottom: 0; }
summary { cursor: pointer; font-weight: 550; overflow-wrap: anywhere; }
summary .note { font-weight: 400; margin-left: 8px; }
summary:focus-visible, .wide:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
footer { margin-top: 44px; border-top: 1px solid var(--line); padding-top: 14px; }
@media (max-width: 760px) {
  main { padding: 22px 14px 40px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .charts { grid-template-columns: 1fr; }
  .card { padding: 14px; }
  h1 { font-size: 23px; }
  .tile .value { font-size: 21px; }
}
@media print {
  body { background: #fff; }
  .card { break-inside: avoid; }
}
`;
