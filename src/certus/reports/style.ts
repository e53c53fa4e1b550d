// How pages for auditors look: on a screen, light or dark, and on paper.

export const style = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #5b6478; --line: #d9dee8; --page: #fff;
  --card: #f6f8fb; --good: #17703d; --bad: #b3261e; --warn: #8a5a00; --mark: #2453b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9f0; --soft: #9ba5b9; --line: #343c4d;
  --page: #12161f; --card: #1a202c; --good: #5fce8e; --bad: #ff8a80; --warn: #f0b95a;
  --mark: #8fb2ff; } }
* { box-sizing: border-box; }
html { background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; }
a { color: var(--mark); }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { border-bottom: 1px solid var(--line); font-size: 1.15rem; margin: 2.25rem 0 .75rem;
  padding-bottom: .3rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .4rem 0; }
code { font: .86em/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; margin: .6rem 0;
  padding: .7rem .9rem; white-space: pre-wrap; }
.soft { color: var(--soft); }
.eyebrow { color: var(--soft); font-size: .78rem; letter-spacing: .08em; margin: 0 0 .4rem;
  text-transform: uppercase; }
dl.facts { display: grid; gap: .15rem 1.25rem; grid-template-columns: max-content 1fr;
  margin: .75rem 0; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.cards { display: grid; gap: .9rem; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr));
  margin: 1.25rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem 1.1rem; }
.card.good { border-left: 4px solid var(--good); }
.card.bad { border-left: 4px solid var(--bad); }
.card h2 { border: 0; font-size: .95rem; margin: 0 0 .4rem; padding: 0; }
.big { font-size: 2.4rem; font-weight: 700; line-height: 1.1; }
.big small { color: var(--soft); font-size: 1rem; font-weight: 400; }
.good b, b.good { color: var(--good); }
.bad b, b.bad { color: var(--bad); }
ul.checks { list-style: none; margin: .4rem 0 0; padding: 0; }
ul.counts { display: grid; gap: .5rem; grid-template-columns: repeat(5, 1fr); list-style: none;
  margin: .5rem 0 1rem; padding: 0; }
ul.counts li { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: .5rem; text-align: center; }
ul.counts b { display: block; font-size: 1.3rem; line-height: 1.2; }
ul.counts .some { border-color: currentColor; }
.critical, .high, .fail { color: var(--bad); }
.medium, .partial { color: var(--warn); }
.pass { color: var(--good); }
.low, .info, .not_tested { color: var(--soft); }
table { border-collapse: collapse; font-size: .9rem; margin: .6rem 0; width: 100%; }
th { color: var(--soft); font-size: .8rem; font-weight: 600; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; vertical-align: top; }
td { overflow-wrap: anywhere; }
td.name, td.state { overflow-wrap: normal; white-space: nowrap; }
td.state { font-weight: 600; }
.ids { color: var(--soft); font-size: .85rem; }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: .85rem;
  margin-top: 3rem; padding-top: .75rem; }
@media (max-width: 40rem) { ul.counts { grid-template-columns: repeat(3, 1fr); }
  dl.facts { grid-template-columns: 1fr; } dl.facts dd { margin-bottom: .35rem; }
  .wide { overflow-x: auto; } .wide table { min-width: 34rem; } }
@page { margin: 16mm 14mm 18mm; size: A4;
  @bottom-left { color: #5b6478; content: "Panthera evidence report"; font: 8pt sans-serif; }
  @bottom-right { color: #5b6478; content: counter(page) " / " counter(pages);
    font: 8pt sans-serif; } }
@media print { :root { color-scheme: light; --ink: #111; --soft: #555; --line: #ccc;
    --page: #fff; --card: #f7f7f7; --good: #17703d; --bad: #b3261e; --warn: #8a5a00; }
  html { font-size: 10pt; } body { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; } tr, .card, li, pre { break-inside: avoid; }
  thead { display: table-header-group; } a { color: inherit; text-decoration: none; } }
`
