const PLAIN = /^[\x20-\x7e]*$/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * `value` as it may be shown on a terminal, in XML or in a log: control, format (bidirectional overrides among them), private,
 * unassigned characters and lone surrogates become `?`; longer than `most` UTF-16 units is cut and ends in `…`.
 */
export function printable(value: string, most = 64): string {
  const isLong = value.length > most;
  // Nearly every value is short and plain ASCII; the event log is rendered thousands of times a second.
  if (!isLong && PLAIN.test(value)) return value;
  const kept = isLong ? value.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '') : value;
  return `${kept.replace(UNPRINTABLE, '?')}${isLong ? '…' : ''}`;
}
