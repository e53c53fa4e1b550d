// How the HTML report looks and how it is filtered. The content security policy names these very
// texts by their hashes, so that nothing else on the page is styled or run.

export const style = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --card: #f6f8fa; --mark: #ffe08a; --link: #0550ae;
  --critical: #8e1b7a; --high: #b3261e; --medium: #8a4b00; --low: #1f5f7a; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0e1116; --text: #e6edf3; --soft: #9aa5b1; --line: #30363d; --card: #161b22;
    --mark: #6b5300; --link: #79b8ff;
    --critical: #f3a0e3; --high: #ff9a92; --medium: #f0b35e; --low: #7cc7e8; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.25rem 4rem; background: var(--back);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { display: inline-block; margin: 1.5rem 0 .5rem; font-size: 1.2rem; }
header p { margin: .25rem 0 .5rem; color: var(--soft); }
a { color: var(--link); }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0;
  list-style: none; }
.tiles li { min-width: 7rem; padding: .5rem .75rem; border: 1px solid var(--line);
  border-left: .35rem solid currentColor; border-radius: .4rem; background: var(--card); }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
.critical { color: var(--critical); } .high { color: var(--high); }
.medium { color: var(--medium); } .low { color: var(--low); }
.warning { padding: .5rem .75rem; border: 1px solid currentColor; border-radius: .4rem; }
header .warning, header .warning p { color: var(--high); }
.warning p { margin: 0; } .warning ul { margin: .25rem 0; padding-left: 1.25rem; }
#filters { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center;
  padding: .75rem 0; border-block: 1px solid var(--line); }
#filters[hidden] { display: none; }
#filters fieldset { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: 0;
  border: 0; }
#filters legend { position: absolute; clip-path: inset(50%); }
#filters input[type=search] { width: 18rem; max-width: 100%; padding: .3rem .5rem; font: inherit; }
#filters input[type=checkbox] { width: 1.5rem; height: 1.5rem; margin: 0; vertical-align: middle; }
.record { margin: .75rem 0; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--card); padding: 0 1rem; }
.record > summary { margin: 0 -1rem; padding: .6rem 1rem; cursor: pointer; }
.record[open] > summary { border-bottom: 1px solid var(--line); }
summary:focus-visible, pre:focus-visible, a:focus-visible { outline: 3px solid var(--link);
  outline-offset: 2px; }
.title { font-weight: 600; }
.place { color: var(--soft); margin-left: .5rem; }
.badge { display: inline-block; min-width: 4.6rem; padding: 0 .4rem; border: 1px solid currentColor;
  border-radius: .3rem; font-size: .8125rem; font-weight: 600; text-align: center;
  white-space: nowrap; }
pre { margin: .75rem 0; padding: .5rem 0; border: 1px solid var(--line); border-radius: .3rem;
  background: var(--back); overflow-x: auto; }
.line { display: inline-block; min-width: 100%; padding-right: 1rem; }
.number { display: inline-block; width: 4rem; margin-right: 1rem; padding-right: .75rem;
  border-right: 1px solid var(--line); color: var(--soft); text-align: right; user-select: none; }
.wide td { overflow-wrap: normal; min-width: 5rem; } .wide a, .wide code { white-space: nowrap; }
mark { background: var(--mark); color: inherit; }
.fact { display: grid; grid-template-columns: 5.5rem 1fr; margin: .5rem 0; }
.fact b { color: var(--soft); font-weight: 500; }
.steps { padding-left: 1.5rem; }
.steps .step { display: block; white-space: pre-wrap; }
.role { font-weight: 600; }
.wide { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
tr + tr > * { border-top: 1px solid var(--line); }
@media print { #filters { display: none; } .record { break-inside: avoid; } }
`

export const script = `
const form = document.getElementById('filters')
if (form) {
  form.hidden = false
  const records = [...document.querySelectorAll('.record')]
  const texts = records.map((record) => record.textContent.toLowerCase())
  const apply = () => {
    const words = document.getElementById('words').value.toLowerCase().split(/\\s+/).filter(Boolean)
    const wanted = [...form.querySelectorAll('input[type=checkbox]')]
      .filter((box) => box.checked).map((box) => box.value)
    let shown = 0
    records.forEach((record, index) => {
      const fits = wanted.includes(record.dataset.severity) &&
        words.every((word) => texts[index].includes(word))
      record.hidden = !fits
      if (fits) shown++
    })
    document.getElementById('shown').textContent = shown + ' of ' + records.length + ' shown'
  }
  form.addEventListener('input', apply)
  form.addEventListener('submit', (event) => event.preventDefault())
  apply()
}
`
