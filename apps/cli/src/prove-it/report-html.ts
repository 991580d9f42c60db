import type { ClassFigures, Failure, ReportPage } from './report.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Control characters have no place on paper. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/gu;

function escaped(value: string): string {
  return value.replace(UNPRINTABLE, '?').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Lines kept as they are. */
const block = (value: string): string => value.split('\n').map(escaped).join('\n');

const STYLE = `
@page { size: A4; margin: 11mm 13mm; }
* { box-sizing: border-box; }
body { font: 9.2pt/1.36 "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; color: #1b2430; max-width: 186mm; margin: 8mm auto; }
header { display: flex; justify-content: space-between; align-items: flex-end; border-bottom: 2.5pt solid #1b2430; padding-bottom: 2mm; }
h1 { font-size: 17pt; margin: 0; letter-spacing: -.2pt; }
h2 { font-size: 10.5pt; margin: 4mm 0 1.2mm; }
.verdict { margin: 3.5mm 0 3mm; padding: 3mm 4mm; border-left: 4pt solid; font-size: 10pt; }
.verdict b { display: block; font-size: 13pt; }
.good { border-color: #1f7a4d; background: #eef7f1; } .bad { border-color: #b3261e; background: #fcefee; }
.good b { color: #1f7a4d; } .bad b { color: #b3261e; }
dl { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: .4mm 3mm; margin: 0; }
dt { color: #5b6775; } dd { margin: 0; overflow-wrap: anywhere; }
.classes { columns: 2; column-gap: 8mm; }
.classes div { display: flex; gap: 2mm; border-bottom: .4pt solid #d5dbe1; padding: .55mm 0; break-inside: avoid; }
.classes i { font-style: normal; color: #5b6775; width: 11mm; flex: none; } .classes span { flex: 1; }
.classes b { font-variant-numeric: tabular-nums; } .classes .ok b { color: #1f7a4d; } .classes .no b { color: #b3261e; }
.classes .none b { color: #5b6775; font-weight: normal; }
table { border-collapse: collapse; width: 100%; font-size: 8.6pt; } td { border-bottom: .4pt solid #d5dbe1; padding: .6mm 2mm .6mm 0; vertical-align: top; }
td:first-child { white-space: nowrap; color: #5b6775; } tr { break-inside: avoid; }
p { margin: 0 0 1mm; } ul { margin: 0; padding-left: 4.5mm; }
.evidence { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm; }
pre { font: 6.6pt/1.3 "DejaVu Sans Mono", Consolas, monospace; background: #f3f5f7; padding: 2mm; margin: .6mm 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 3mm; padding-top: 1.5mm; border-top: .6pt solid #1b2430; color: #5b6775; font-size: 8pt; }
`;

function classRow({ name, words, tried, right, note }: ClassFigures): string {
  const sort = tried === 0 ? 'none' : right === tried ? 'ok' : 'no';
  const figure = tried === 0 ? note : `${right}/${tried}`;
  const label = name === 'control' ? '' : name;
  return `<div class="${sort}"><i>${escaped(label)}</i><span>${escaped(words)}</span><b>${escaped(figure)}</b></div>`;
}

function failureRow({ id, what, came, findings }: Failure): string {
  const seen = findings === '' ? '' : `<br><small>${escaped(findings)}</small>`;
  return `<tr><td>${escaped(id)}</td><td>${escaped(what)}</td><td>${escaped(came)}${seen}</td></tr>`;
}

function failuresPart({ failures, failuresTitle }: ReportPage): string {
  if (failures.length === 0) return '';
  return `<h2>${escaped(failuresTitle)}</h2>\n<table>${failures.map(failureRow).join('\n')}</table>`;
}

/** The page as one HTML file that asks for nothing from anywhere, made for A4. */
export function htmlOf(page: ReportPage): string {
  const facts = page.facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('');
  const evidence = page.evidence.map(([name, note]) => `<div>${escaped(name)}<pre>${block(note)}</pre></div>`).join('');
  const [kind, stopped] = page.heads;
  return `<!DOCTYPE html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escaped(page.title)}</h1><span>leadglass prove-it</span></header>
<div class="verdict ${page.isProved ? 'good' : 'bad'}"><b>${escaped(page.verdict)}</b>${escaped(page.summary)}</div>
<dl>${facts}</dl>
<h2>${escaped(kind)} (${escaped(stopped)})</h2>
<div class="classes">${page.classes.map(classRow).join('\n')}</div>
${failuresPart(page)}
<h2>${escaped(page.methodTitle)}</h2>
<ul>${page.method.map((sentence) => `<li>${escaped(sentence)}</li>`).join('')}</ul>
<h2>${escaped(page.evidenceTitle)}</h2>
<div class="evidence">${evidence}</div>
<footer>${escaped(page.footer)}</footer>
</body>
</html>
`;
}
