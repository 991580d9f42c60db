import { EVENT_ATTRIBUTE } from './handlers.ts';

/** Sorts of text that does something to the program that shows, stores or exports it. */
export type Injection =
  | 'markup'
  | 'lookup'
  | 'sql'
  | 'shell'
  | 'formula'
  | 'format'
  | 'terminal'
  | 'header'
  | 'bidi'
  | 'overlong';

/** One pattern of several alternatives. Every repetition in them is bounded, so that no text takes long. */
function anyOf(flags: string, ...alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join('|'), flags);
}

/** `<script`, event attributes, script URLs: also per-cent and entity encoded, for who decodes twice. */
const MARKUP = anyOf(
  'i',
  '<[\\s/\\0]{0,8}script[\\s>/]',
  '(?:%3c|&lt;|&#0{0,6}60;?|&#x0{0,6}3c;?|\\\\u003c|\\\\x3c)\\s{0,8}/?script\\b',
  `<[a-z!?/][^<>]{0,256}[\\s/"'\\x0c]${EVENT_ATTRIBUTE}\\s{0,8}=`,
  '<(?:iframe|svg)[\\s>/]',
  '<(?:object|embed|applet)\\s[^<>]{0,256}(?:data|src|code|classid|codebase)\\s{0,8}=',
  '<meta\\s[^<>]{0,256}http-equiv\\s{0,8}=\\s{0,8}["\']?refresh',
  '(?:^|[\\s"\'=(<\\\\^,;])(?:java|vb)script:[^\\s]',
  'data:text/html[,;]',
);

/** Without one of these no alternative of MARKUP matches: most texts are done with here. */
const MARKUP_SIGN = /<|%3c|&lt;|&#|\\u003c|\\x3c|script:|data:text/i;

/** In manufacturers' own texts, which may be their own XML and HTML: only what runs. */
const PRIVATE_MARKUP = anyOf(
  'i',
  '<[\\s/]{0,8}script[\\s>/]',
  `<(?:img|svg|body|iframe|video|audio|details|input)\\s[^<>]{0,256}\\s${EVENT_ATTRIBUTE}\\s{0,8}=`,
);

/** `${jndi:…}` and the spellings that hide it. */
const LOOKUP =
  /\$\{[^}]{0,64}?(?:jndi|lower|upper|env|sys|java|ctx|date|base64|script|url|dns|main|bundle)[^}]{0,8}:|\$\{[^}]{0,16}::-/i;
const PRIVATE_LOOKUP = /\$\{[^}]{0,64}jndi[^}]{0,8}:/i;

/** Strings left and statements begun. A scanner's couch is a table too (“; drop table 5 cm”), and a catheter is inserted into things. */
const SQL = anyOf(
  'i',
  "'\\s{0,8}\\)?\\s{0,8}(?:or|and|\\|\\|)\\s{1,8}\\(?(?:'[^']{0,32}'\\s{0,8}(?:=|like\\b)\\s{0,8}'|\\d{1,9}\\s{0,8}=\\s{0,8}\\d|true\\s{0,8}(?:--|#)|\\w{1,32}\\s{0,8}(?:=|like\\b)\\s{0,8}'|sleep\\s?\\(|exists\\s?\\()",
  '"\\s{0,8}or\\s{1,8}\\(?(?:"[^"]{0,32}"\\s{0,8}=\\s{0,8}"|\\d{1,9}\\s{0,8}=\\s{0,8}\\d)',
  "'\\s{0,8}\\)?\\s{0,8};\\s{0,8}(?:drop|truncate|alter|create|delete|insert|update|exec|shutdown|select)\\s",
  ';\\s{0,8}(?:drop|truncate)\\s{1,8}(?:table|database|user|schema|view)\\s{1,8}(?:if\\s{1,8}exists\\s{1,8})?[a-z_]\\w{0,63}\\s{0,8}(?:;|--)',
  ';\\s{0,8}(?:delete\\s{1,8}from\\s{1,8}\\w{1,64}\\s{1,8}where\\s{1,8}\\w{1,64}\\s{0,8}[=<>]|insert\\s{1,8}into\\s{1,8}\\w{1,64}\\s{0,8}(?:\\(|values\\b|select\\b)|update\\s{1,8}\\w{1,64}\\s{1,8}set\\s{1,8}\\w{1,64}\\s{0,8}=|exec(?:ute)?\\s{1,8}(?:xp_|sp_|immediate\\b))',
  "['\")]\\s{0,8}union\\s{1,8}(?:all\\s{1,8})?select\\s{1,8}(?:null\\b|[\\w']{1,32}\\s{0,8},|\\*|@@|from\\b|\\w{1,32}\\()",
  "\\bxp_cmdshell\\b|\\bwaitfor\\s{1,8}delay\\s{1,8}'|\\bpg_sleep\\s{0,8}\\(|\\bbenchmark\\s{0,8}\\(\\s{0,8}\\d{4}|\\binto\\s{1,8}(?:outfile|dumpfile)\\s{1,8}'|\\bload_file\\s{0,8}\\(",
  "^[^\\s']{0,64}'\\s{0,4};?(?:--|#)\\s{0,8}$",
);

/** The same for SQL: every alternative has a quote, a semicolon, a bracket, or a name with an underscore. */
const SQL_SIGN = /['";_()]/;

const PROGRAMS =
  'rm|id|whoami|curl|wget|nc|ncat|bash|sh|zsh|cat|ls|touch|ping|nslookup|dig|sleep|echo|printf|python\\d?|perl|ruby|php|powershell|cmd|uname|reboot|shutdown|env|printenv|chmod|chown|kill|tee|mkfifo|certutil|mshta|calc';
const SYSTEM_FOLDER = '/(?:etc|proc|var|tmp|root|home|dev|opt|usr|bin|sys)\\b';
/** A command begun in the middle of a value. Case counts: CAT, ECHO, TEE and SLEEP are examinations. */
const BEGUN = [
  'rm\\s{1,4}-[rf]',
  '(?:curl|wget)\\s{1,4}(?:-|https?:)',
  'nc\\s{1,4}-',
  '(?:ba|z)?sh\\s{1,4}-[ci]\\b',
  '(?:powershell|PowerShell)(?:\\.exe)?\\s{1,4}-',
  'cmd(?:\\.exe)?\\s{1,4}/[ckCK]\\b',
  'chmod\\s{1,4}(?:[0-7]{3,4}|[ugoa]{0,4}\\+[rwxs]{1,4})\\s',
  `(?:cat|touch|ls|head|tail)\\s{1,4}${SYSTEM_FOLDER}`,
  'python\\d?\\s{1,4}-c\\b',
  'perl\\s{1,4}-e\\b',
  'certutil\\s{1,4}-',
  'mshta\\s{1,4}\\w{1,12}:',
  'shutdown\\s{1,4}[-/][a-z]\\b',
  'whoami\\b',
  'mkfifo\\s',
  '(?:/usr)?/s?bin/\\w',
  'sleep\\s{1,4}\\d{1,4}\\s{0,4}[;&|#]',
].join('|');
const SHELL = anyOf(
  '',
  `\\$\\(\\s{0,4}(?:/\\w[\\w/]{0,32}/)?(?:${PROGRAMS})(?:[\\s)/;|<>&]|$)`,
  `\`\\s{0,4}(?:(?:id|whoami|uname|reboot)\\s{0,4}\`|${BEGUN})`,
  `[;|&\\n]\\s{0,4}(?:${BEGUN})`,
  `\\$\\{IFS\\}|>\\s{0,4}/dev/tcp/|\\(\\)\\s{0,4}\\{\\s{0,4}:;\\s{0,4}\\}\\s{0,4};`,
);

/** A command in backquotes, where people are named: in a description « `sleep study` » is a quotation, and « `Abd al-`Aziz » is a name. */
const SHELL_IN_NAME =
  /`\s{0,4}(?:rm|id|curl|wget|nc|ncat|bash|sh|zsh|echo|printf|python\d?|perl|ruby|php|powershell|cmd|uname|chmod|chown|mkfifo|certutil|mshta)\s[^`]{0,64}`/;

/** Functions no description begins with, and those whose names are words, which must stand right between sign and bracket. */
const ODD_FUNCTIONS = 'HYPERLINK|IMPORT(?:XML|DATA|FEED|HTML|RANGE)|WEBSERVICE|FILTERXML|ENCODEURL|DDEINITIATE|FOPEN';
const WORD_FUNCTIONS =
  'SUM|IMAGE|DDE|RTD|CALL|EXEC|REGISTER(?:\\.ID)?|INDIRECT|CONCAT(?:ENATE)?|CHAR|CELL|INFO|OPEN|RUN|IF|NOW';
const DDE_PROGRAMS =
  'cmd(?:\\.exe)?|powershell(?:\\.exe)?|mshta|rundll32|regsvr32|certutil|wscript|cscript|bash|sh|msexcel|winword';
/** What a spreadsheet would run: at the start of a value or cell; the calls of old (DDE) behind any operator. `+C`, `-` and PN’s `=` are none. */
const FORMULA = anyOf(
  'i',
  `(?:^|[\\t\\r\\n\\\\,;])[\\s"']{0,8}[=+@-][\\s\\d=+*/@-]{0,16}(?:${ODD_FUNCTIONS})\\s{0,4}\\(`,
  `(?:^|[\\t\\r\\n\\\\,;])[\\s"']{0,8}[=@][\\d=+*/@-]{0,16}(?:${WORD_FUNCTIONS})\\(`,
  `(?:^|[=+@*/,;(-])\\s{0,4}(?:${DDE_PROGRAMS})\\s{0,4}\\|\\s{0,4}['"/]`,
);

/** Conversions of C’s printf that write, or several that read, one behind the other; `50%stenosis` is none. */
const FORMAT = anyOf(
  '',
  '%\\d{1,4}\\$h{0,2}n',
  '(?<![0-9%])%h{0,2}n[^%]{0,3}%[nsxpd]',
  '(?<![0-9%])%[sxpd][^%]{0,3}%h{0,2}n',
  '(?:(?<![0-9%])%(?:\\d{1,4}\\$|0?\\d{0,2}\\.?\\d{0,2})(?:h{1,2}|l{1,2})?[sxp][^%]{0,2}){3}',
);

/** Control sequences of terminals (ECMA-48): what ISO 2022 needs begins with ESC too, but goes on otherwise. */
const TERMINAL = /\x1b[[\]PX^_c#>=78M]/;

/** A line break, then a header of HTTP or mail, a status line, or a segment of HL7: in values that have one line. */
const HEADER =
  /[\r\n]\s{0,2}(?:X-[A-Za-z0-9-]{1,32}:\s|(?:Content-\w{2,16}|Set-Cookie|Access-Control-[\w-]{2,32}|Transfer-Encoding|Location|Host|Cookie|Bcc):\s|HTTP\/\d|(?:GET|POST|PUT|DELETE)\s\/|(?:MSH|PID|OBX|OBR|ORC|PV1|EVN|MRG)\|)/;

/** Overrides that show text in another order than it has (Unicode TR9), as UTF-8. */
const BIDI_OVERRIDE = /\xe2\x80[\xad\xae]/;

/**
 * Punctuation that paths and markup are made of, in more bytes of UTF-8 than it has (RFC 3629 §3): no writer makes it, and who checks before
 * decoding does not see it. The other overlong forms are left alone: a Latin-1 text under the wrong name has some (« À » and a no-break space).
 */
const OVERLONG = /(?:\xc0|\xe0\x80|\xf0\x80\x80)[\xa2\xa7\xae\xaf\xbc\xbe]|(?:\xc1|\xe0\x81|\xf0\x80\x81)\x9c/;

/**
 * What any text is looked through for.
 * @param raw Latin-1 of its bytes: long patterns are looked for there, since no chance makes them in any character set.
 * @param plain the same with the bytes of multi-byte characters hidden.
 */
export function injectionsIn(raw: string, plain: string, isUtf8: boolean): Injection[] {
  const found: Injection[] = [];
  if (LOOKUP.test(raw)) found.push('lookup');
  if (MARKUP_SIGN.test(raw) && MARKUP.test(raw)) found.push('markup');
  if (SQL_SIGN.test(plain) && SQL.test(plain)) found.push('sql');
  if (SHELL.test(plain)) found.push('shell');
  if (TERMINAL.test(plain)) found.push('terminal');
  if (isUtf8 && BIDI_OVERRIDE.test(raw)) found.push('bidi');
  if (isUtf8 && OVERLONG.test(raw)) found.push('overlong');
  return found;
}

/** What a value of one line, which may become a table’s cell or a header, is looked through for besides. */
export function lineInjectionsIn(plain: string): Injection[] {
  const found: Injection[] = [];
  if (FORMULA.test(plain)) found.push('formula');
  if (FORMAT.test(plain)) found.push('format');
  if (HEADER.test(plain)) found.push('header');
  return found;
}

/** What the values people and messages are known by are looked through for besides. */
export function nameInjectionsIn(plain: string): Injection[] {
  return SHELL_IN_NAME.test(plain) ? ['shell'] : [];
}

/** What a manufacturer’s own element is looked through for: formulas, templates and markup of its software are at home there. */
export function privateInjectionsIn(raw: string): Injection[] {
  const found: Injection[] = PRIVATE_MARKUP.test(raw) ? ['markup'] : [];
  if (PRIVATE_LOOKUP.test(raw)) found.push('lookup');
  return found;
}

/** Bytes without one of which no pattern matches: controls, punctuation that begins something, the first bytes of an override and of overlong forms. */
const TELLING = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte += 1) TELLING[byte] = 1;
for (const character of '<>%&$\'"`;|=@\x7f\xc0\xc1\xe0\xe2\xf0') TELLING[character.charCodeAt(0)] = 1;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
/** `data:` and longer names of schemes end behind this many bytes; a time of day before. */
const SCHEME_BYTES = 4;

/** A cheap first look: whether any pattern may match. Padding is not looked at. */
export function mayInject(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end -= 1;
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (TELLING[byte] === 1 || (byte === COLON && at >= SCHEME_BYTES)) return true;
    if (byte === BACKSLASH && isEscape(bytes, at)) return true;
  }
  return bytes[0] === PLUS || bytes[0] === MINUS;
}

/** `\u00` and `\x3`, escapes of other languages; any other backslash parts values (PS3.5 §6.2). */
function isEscape(bytes: Uint8Array, at: number): boolean {
  const [letter, digit] = [bytes[at + 1], bytes[at + 2]];
  return (letter === 0x75 && digit === 0x30) || (letter === 0x78 && digit === 0x33);
}
