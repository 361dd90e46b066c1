/// @file
/// The look of a report, in light and in dark.
#pragma once

namespace selfsame::program {

inline constexpr const char* report_style = R"(
:root {
  color-scheme: light dark;
  --page: #fbfaf8; --card: #ffffff; --ink: #1d1d1f; --soft: #6a6a70; --rule: #e3e1dc; --grid: #eeece7;
  --accent: #2f6690; --faint: #a9c4d9; --mark: #b4540a; --marked: #fdf3e7;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Palatino, P052, Georgia, serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16171a; --card: #1d1f23; --ink: #e9e8e4; --soft: #9c9ca3; --rule: #33353b; --grid: #292b30;
    --accent: #7db4dd; --faint: #3d5a70; --mark: #f0a55a; --marked: #2f261b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.55 var(--sans); font-kerning: normal; }
main { max-width: 1080px; margin: 0 auto; padding: 56px 32px 96px; }
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.15; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 40px; letter-spacing: -.015em; margin: 6px 0 10px; }
h2 { font-size: 24px; letter-spacing: -.01em; margin: 64px 0 6px; }
h3 { font-size: 13px; font-weight: 600; margin: 0 0 6px; }
p { margin: 0 0 12px; max-width: 68ch; overflow-wrap: anywhere; }
.over { color: var(--soft); font-size: 13px; margin: 0; }
.lead { color: var(--soft); font-size: 17px; max-width: none; }
time { white-space: nowrap; }
.missing { color: var(--soft); font-style: italic; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 0 28px; margin: 32px 0 0; }
.facts div { border-top: 2px solid var(--ink); padding: 10px 0 16px; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; font: 600 29px/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.facts small { display: block; font: 400 13px/1.45 var(--sans); margin-top: 3px; color: var(--soft); }
figure { margin: 20px 0 0; }
figcaption { color: var(--soft); font-size: 13px; line-height: 1.5; margin-top: 10px; max-width: 108ch; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 18px 20px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: 20px; }
.charts:has(> :nth-child(4):last-child) { grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
.charts h3 { display: flex; justify-content: space-between; gap: 12px; margin-bottom: 10px; }
.charts h3 span { font-weight: 400; color: var(--soft); }
.charts h3 b { font-weight: 600; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-family: var(--sans); fill: var(--ink); }
svg .tick { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .middle { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .axis { stroke: var(--rule); stroke-width: 1; }
svg .resume { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 4; }
svg .raw { fill: none; stroke: var(--faint); stroke-width: 1; stroke-linejoin: round; }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
svg .points { fill: none; stroke-linecap: round; stroke-opacity: .62; }
svg .name { font-size: 13px; }
svg.scatter .name { font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
svg .dot { stroke: var(--card); stroke-width: 2; }
svg image { image-rendering: pixelated; }
svg .gap { stroke: var(--card); stroke-width: 3; }
svg .whisker { stroke: var(--accent); stroke-width: 2; stroke-linecap: round; }
svg .mean { fill: var(--accent); }
svg.interval { width: 160px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: lining-nums tabular-nums; }
th { text-align: left; font-weight: 500; white-space: nowrap; }
thead th { color: var(--soft); font-size: 13px; }
td { white-space: nowrap; }
td.quiet { white-space: normal; min-width: 180px; }
th, td { padding: 8px 20px 8px 0; border-bottom: 1px solid var(--rule); vertical-align: middle; }
tr > :last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.strong { font-weight: 600; font-size: 15px; }
td .quiet, .quiet { color: var(--soft); font-size: 13px; }
.recipe { columns: 2; column-gap: 36px; margin-top: 20px; }
.recipe table { break-inside: avoid; margin: 0 0 18px; font: 12.5px/1.45 var(--mono); }
.recipe caption { font: 600 13px var(--sans); text-align: left; padding: 5px 0; border-bottom: 1px solid var(--soft); }
.recipe td, .recipe th { padding: 3.5px 0; border-color: var(--grid); vertical-align: baseline; }
.recipe th { font: inherit; white-space: normal; overflow-wrap: anywhere; padding-right: 14px; }
.recipe i { font-style: normal; color: var(--soft); }
.recipe td { text-align: right; }
.recipe .player th, .recipe .player td { font-weight: 700; padding: 5px 0; border-bottom: 1px solid var(--soft); }
.recipe small { display: block; font: 12px var(--sans); color: var(--mark); }
.recipe .changed th, .recipe .changed td { background: var(--marked); }
.recipe .changed td { font-weight: 700; }
.recipe .changed th { box-shadow: -3px 0 var(--mark); padding-left: 7px; }
mark { background: var(--marked); color: inherit; box-shadow: -3px 0 var(--mark); padding: 1px 6px; margin: 0 2px 0 6px; }
code { font: 13px var(--mono); overflow-wrap: anywhere; }
dl.origin { display: grid; grid-template-columns: max-content 1fr; gap: 6px 28px; margin: 20px 0 24px; }
dl.origin dt { color: var(--soft); }
dl.origin dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 720px) {
  main { padding: 32px 18px 64px; }
  h1 { font-size: 30px; }
  .recipe { columns: 1; }
}
@media print { body { background: none; } main { padding: 0; } .card, figure { break-inside: avoid; } }
)";

}  // namespace selfsame::program
