/** A day as people write it, the day first (`4/3/1961`, `04.03.1961`), and as machines do (`1961-03-04`). */
const WRITTEN = /(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?![\d/.-])/;
const ISO = /(?<![\d/.-])(\d{4})-(\d{2})-(\d{2})(?![\d/.-])/;

/** The birth date among searched words, `YYYYMMDD`, and the words without it; no date: the words as they are. */
export function askedDate(words: string): { readonly bornOn: string | undefined; readonly rest: string } {
  const [written, iso] = [WRITTEN.exec(words), ISO.exec(words)];
  const [found, year, month, day] = iso ?? [written?.[0], written?.[3], written?.[2], written?.[1]];
  if (found === undefined || year === undefined || month === undefined || day === undefined || !isDay(year, month, day))
    return { bornOn: undefined, rest: words };
  return { bornOn: year + month.padStart(2, '0') + day.padStart(2, '0'), rest: words.replace(found, ' ') };
}

function isDay(year: string, month: string, day: string): boolean {
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return (
    at.getUTCFullYear() === Number(year) && at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
  );
}
