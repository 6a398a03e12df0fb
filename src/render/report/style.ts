/** The style sheet of a report: light and dark as the reader's system is, from a phone to a desktop. */

/** Blue for negative, red for positive: seven steps from the page's own colour. */
const MATRIX_STEPS = Array.from({ length: 7 }, (_, index) => {
  const share = Math.round(((index + 1) / 7) * 100);
  return (['n', 'p'] as const)
    .map(
      (side) => `.${side}${index + 1} { fill: color-mix(in srgb, var(--${side}) ${share}%, var(--page)); }`,
    )
    .join('\n');
}).join('\n');

/** Every colour of a line or of text has a contrast of at least 3 : 1 or 4.5 : 1 to the page. */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --card: #ffffff; --line: #d6dae1; --text: #1b1f27; --faint: #5a6270; --accent: #1f5fbf; --good: #e7f1e9;
  --baseline: #5a6270; --n: #123fa0; --p: #a3121f; --dead: #b9bec7;
  --series-0: #1f5fbf; --series-1: #b3460f; --series-2: #1b7f4b; --series-3: #8e3ca8;
  --series-4: #b0263a; --series-5: #0f7a85; --series-6: #7a5d00; --series-7: #5a5f6b;
  --weight-0: #6d9a3f; --weight-1: #2f8a6b; --weight-2: #24748f; --weight-3: #31518f; --weight-4: #431a63;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --card: #191d24; --line: #343b47; --text: #e8ebf0; --faint: #a4adba; --accent: #8ab8ff; --good: #1d3226;
    --baseline: #a4adba; --n: #7fb0ff; --p: #ff7a85; --dead: #555d69;
    --series-0: #7fb0ff; --series-1: #f59a5c; --series-2: #5fcf95; --series-3: #d394ea;
    --series-4: #ff8a94; --series-5: #56cfdc; --series-6: #dcc04a; --series-7: #b3b9c4;
    --weight-0: #6a6fb5; --weight-1: #4f94c4; --weight-2: #4fb6a5; --weight-3: #93d46e; --weight-4: #f4ea4c;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem clamp(.75rem, 3vw, 2rem) 3rem; max-width: 84rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .5rem; }
.card h3 { margin-top: 0; }
p { max-width: 70ch; margin: .5rem 0; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0; }
.facts, .note, figcaption { color: var(--faint); font-size: .875rem; }
.verdict { border-left: 4px solid var(--accent); padding: .25rem 0 .25rem 1rem; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible, button:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
th.right, td.right { text-align: right; }
thead th, thead td { border-bottom: 2px solid var(--faint); vertical-align: bottom; padding: 0; }
th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: .3rem .6rem; text-align: inherit; cursor: pointer; min-height: 2.75rem; width: 100%; }
th button small { display: block; font-weight: 400; color: var(--faint); }
th button span::after { content: ' ⇅'; color: var(--faint); }
th[aria-sort=ascending] span::after { content: ' ▲'; color: var(--accent); }
th[aria-sort=descending] span::after { content: ' ▼'; color: var(--accent); }
th:nth-child(2), td:nth-child(2) { position: sticky; left: 0; background: var(--page); }
td.sign { padding: .3rem .2rem; color: var(--accent); font-weight: 600; }
td.best { font-weight: 700; background: var(--good); }
td .mark { color: var(--accent); margin-right: .25rem; }
tr.baseline td { background: color-mix(in srgb, var(--line) 35%, var(--page)); }
figure { margin: 0; }
ul { margin: 0; padding: 0; list-style: none; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem .9rem; font-size: .8125rem; margin: .25rem 0 .5rem; align-items: center; }
.legend li { display: flex; gap: .35rem; align-items: center; }
.legend svg { flex: none; }
.front { columns: 26rem; margin-top: .35rem; max-width: 80rem; }
.front li { break-inside: avoid; }
.whole { white-space: nowrap; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.cards.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); }
.card { border: 1px solid var(--line); border-radius: 6px; padding: .75rem; background: var(--card); min-width: 0; }
.plot { display: block; max-width: 100%; height: auto; color: var(--text); font-size: 12px; overflow: hidden; }
.plot text { white-space: pre; }
.plot [aria-label$="-grid"] { stroke-opacity: .14; }
.wide .plot, .narrow .plot, .card .plot { width: 100%; }
.card .plot { margin-top: .5rem; }
.wide .plot { max-width: 60rem; }
.legend .plot { width: 14px; }
.narrow { display: none; }
@media (max-width: 48rem) { .wide { display: none; } .narrow { display: block; } .front { columns: auto; } }
.matrix { display: block; width: 100%; background: var(--page); shape-rendering: crispEdges; border: 1px solid var(--line); }
.scale { display: flex; gap: .5rem; align-items: center; font-size: .8125rem; }
.scale .matrix { width: auto; }
.dead { fill: var(--dead); }
${MATRIX_STEPS}
dl { margin: 0 0 .75rem; columns: 28rem; column-gap: 2rem; font-size: .875rem; }
dl div { display: flex; flex-wrap: wrap; gap: .1rem .5rem; min-width: 0; break-inside: avoid; padding: .08rem 0; }
dt { color: var(--faint); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
pre { font: .8125rem/1.45 ui-monospace, monospace; margin: .5rem 0; }
summary { cursor: pointer; padding: .35rem 0; }
@media print { .wide { display: block; } .narrow { display: none; } nav { display: none; } .card, figure { break-inside: avoid; } }
`;
