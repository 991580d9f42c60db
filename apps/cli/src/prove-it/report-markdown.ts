import type { ReportPage } from './report.ts';

/** A value inside a table or a line: nothing in it is markup. */
function plain(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}]/gu, '?').replace(/[\\`*_[\]<>|#&~]/g, (character) => `\\${character}`);
}

/** The page as Markdown. */
export function markdownOf(page: ReportPage): string {
  const [kind, stopped] = page.heads;
  const classes = page.classes.map(({ name, words, tried, right, note }) => {
    const figure = tried === 0 ? note : `${right}/${tried}`;
    return `| ${name === 'control' ? '' : name} | ${plain(words)} | ${plain(figure)} |`;
  });
  const failures = page.failures.map(
    ({ id, what, came, findings }) =>
      `- **${id}** ${plain(what)} — ${plain(came)}${findings === '' ? '' : ` (${plain(findings)})`}`,
  );
  const lines = [
    `# ${plain(page.title)}`,
    '',
    `**${plain(page.verdict)}** ${plain(page.summary)}`,
    '',
    ...page.facts.map(([name, value]) => `- ${plain(name)}: ${plain(value)}`),
    '',
    `| | ${plain(kind)} | ${plain(stopped)} |`,
    '| --- | --- | ---: |',
    ...classes,
    ...(failures.length === 0 ? [] : ['', `## ${plain(page.failuresTitle)}`, '', ...failures]),
    '',
    `## ${plain(page.methodTitle)}`,
    '',
    ...page.method.map((sentence) => `- ${plain(sentence)}`),
    '',
    `## ${plain(page.evidenceTitle)}`,
    ...page.evidence.flatMap(([name, note]) => ['', `${plain(name)}:`, '', '```', note, '```']),
    '',
    plain(page.footer),
    '',
  ];
  return lines.join('\n');
}
