/*
 * Charts and the schedule of a continuity export, in the page that has no server. It gets values, opened and hashed by the page around it, and makes
 * elements of them: what a sender wrote becomes text and never markup.
 */
/** Times that a flowsheet shows. */
const MOST_TIMES = 12;

globalThis.leadglassCharts = ({ words, language, stored, tell, images }) => {
  const el = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text !== undefined && text !== '') made.textContent = text;
    made.append(...children.filter((child) => child !== undefined));
    return made;
  };
  const classed = (made, name) => {
    made.className = name;
    return made;
  };
  const section = (title, ...children) => {
    const made = el('section', '', el('h3', title), ...children);
    made.className = 'part';
    return made;
  };

  /** `202611270815` in the order a reader expects, never moved to another zone; what is no time as it is. */
  const time = (sent) => {
    const [, y, m, d, h, min] = /^(\d{4})-?(\d{2})?-?(\d{2})?(?:T?(\d{2}):?(\d{2}))?/.exec(sent ?? '') ?? [];
    if (y === undefined) return sent ?? '';
    const date = language() === 'fr' ? [d, m, y].filter(Boolean).join('/') : [y, m, d].filter(Boolean).join('-');
    return h === undefined ? date : `${date} ${h}:${min}`;
  };
  /** When a gateway heard of it, in the digits of this machine's zone, as senders write theirs. */
  const heard = (ms) => {
    const at = new Date(ms);
    const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes()];
    return parts.map((part) => String(part).padStart(2, '0')).join('');
  };
  /** The same for a reader, with the zone: the clock of an old PC may be anywhere. */
  const moment = (ms) => {
    const shape = { dateStyle: 'short', timeStyle: 'long' };
    return new Intl.DateTimeFormat(language() === 'fr' ? 'fr-FR' : 'en-GB', shape).format(ms);
  };
  const nameOf = ({ names: [name] }) =>
    name === undefined ? '' : [name.family, name.given, name.further].filter(Boolean).join(' ');
  const codeName = (code) => code.text || code.otherText || code.id || code.otherId;
  const current = (versions) => versions.find(({ state }) => state === 'current');
  const isText = ({ versions }) =>
    versions.some(
      ({ valueType, values, document: id }) =>
        ['TX', 'FT', 'ED', 'RP'].includes(valueType) || id !== '' || values.length > 3 || values.join(' ').length > 40,
    );

  /** What is not plainly final says so: corrected, preliminary, in its sender's letter. */
  const statusOf = ({ status }) => (status === 'F' || status === 'final' ? '' : status);

  /** One value with its flags, and those it took the place of. */
  function valueLines(versions, laboratory) {
    return versions.map((one, at) => {
      const isCurrent = one.state === 'current';
      const line = el(
        isCurrent ? 'span' : 's',
        [one.values.join(' '), ...one.flags, statusOf(one)].filter(Boolean).join(' '),
      );
      if (one.isCritical && isCurrent) line.className = 'critical';
      const more = [isCurrent ? '' : words().states[one.state], at === 0 ? laboratory : ''].filter(Boolean).join(' · ');
      return el('div', '', line, more === '' ? undefined : el('small', more));
    });
  }

  const orderOf = (sent) => sent.replace(/[^0-9].*$/, '').padEnd(14, '0');
  const weight = (row) => Number(row.isCritical) * 2 + Number(row.pin !== '');

  /** A value enters its row: the newest says unit, range and whether it is critical. */
  function enter(rows, at, result) {
    const shown = current(result.versions) ?? result.versions[0];
    const name = codeName(result.code);
    const key = JSON.stringify([result.code.system, result.code.id || name, result.subId, shown.unit]);
    const row = rows.get(key) ?? { name, at: '', cells: new Map(), pin: result.pin };
    const isCritical = current(result.versions)?.isCritical === true;
    if (at >= row.at) Object.assign(row, { at, unit: shown.unit, range: shown.range, isCritical });
    row.cells.set(at, [...(row.cells.get(at) ?? []), { versions: result.versions, laboratory: shown.laboratory }]);
    rows.set(key, row);
  }

  /** Analytes down, times across, newest first; critical ones before the others, each with its unit and range as sent. */
  function flowsheet(groups) {
    const [rows, moments] = [new Map(), new Map()];
    for (const group of groups)
      for (const result of group.results.filter((one) => !isText(one))) {
        const sent = result.versions[0].observedAt || group.collectedAt || group.issuedAt || heard(group.heardMs);
        moments.set(orderOf(sent), sent);
        enter(rows, orderOf(sent), result);
      }
    if (rows.size === 0) return el('p', words().noResults);
    const columns = [...moments].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MOST_TIMES);
    const heads = [words().analyte, words().unit, ...columns.map(([, sent]) => time(sent))].map(th);
    const sorted = [...rows.values()].sort((a, b) => weight(b) - weight(a));
    const body = el('tbody', '', ...sorted.map((row) => rowLine(row, columns)));
    const left = moments.size - columns.length;
    const table = el('table', '', el('thead', '', el('tr', '', ...heads)), body);
    return wide(table, left > 0 ? el('p', words().earlier(left)) : undefined);
  }

  function rowLine(row, columns) {
    const name = el('th', row.name);
    name.scope = 'row';
    const cells = columns.map(([at]) => {
      const cell = el('td');
      for (const { versions, laboratory } of row.cells.get(at) ?? []) cell.append(...valueLines(versions, laboratory));
      return cell;
    });
    const about = el('td', [row.unit, row.range].filter(Boolean).join(' · '));
    return classed(el('tr', '', name, about, ...cells), row.isCritical ? 'alarm' : '');
  }

  function th(text) {
    const made = el('th', text);
    made.scope = 'col';
    return made;
  }
  /** A table that is wider than the page is scrolled, with the keyboard too. */
  function wide(table, after) {
    const box = classed(el('div', '', table), 'wide');
    box.tabIndex = 0;
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', words().table);
    return after === undefined ? box : el('div', '', box, after);
  }

  function reports(groups) {
    const found = groups.flatMap((group) => {
      const texts = group.results.filter(
        (result) => isText(result) && result.versions.every(({ document: id }) => id === ''),
      );
      if (texts.length === 0) return [];
      const title = [
        codeName(group.panel),
        time(group.issuedAt || group.collectedAt || heard(group.heardMs)),
        group.feed,
      ]
        .filter(Boolean)
        .join(' · ');
      const lines = texts.flatMap((result) =>
        result.versions.map((one) => {
          const text = el('pre', one.values.join('\n'));
          if (one.state !== 'current') text.className = 'gone';
          text.tabIndex = 0;
          const head = [codeName(result.code), one.state === 'current' ? '' : words().states[one.state], ...one.flags]
            .filter(Boolean)
            .join(' · ');
          return el('div', '', el('h5', head), text);
        }),
      );
      return [classed(el('article', '', el('h4', title), ...lines), 'report')];
    });
    return found.length === 0 ? [el('p', words().noReports)] : found;
  }

  /** A document leaves the page as a file or in a tab of its own: nothing of it runs in this one. */
  function documents(chart, files) {
    return chart.documents.map((one) => {
      const title = one.title || words().noTitle;
      const about = el(
        'span',
        [
          title,
          time(one.issuedAt || heard(one.heardMs)),
          one.feed,
          one.state === 'current' ? '' : words().states[one.state],
        ]
          .filter(Boolean)
          .join(' · '),
      );
      const file = files[one.document];
      if (file === undefined) return classed(el('p', '', about, el('small', words().reference)), 'row');
      const act = (label, doIt) => {
        const button = el('button', label);
        button.type = 'button';
        button.setAttribute('aria-label', `${label} : ${title}`);
        button.onclick = () => doIt().catch((error) => tell(error.message));
        return button;
      };
      const buttons = [act(words().saveDocument, () => give(file, one, false))];
      if (one.form === 'pdf') buttons.unshift(act(words().openDocument, () => give(file, one, true)));
      const box = classed(el('p', '', about, ...buttons), 'row');
      if (one.form === 'text' || one.form === 'cda') box.append(act(words().readDocument, () => read(file, one, box)));
      return box;
    });
  }
  const TYPES = { pdf: ['application/pdf', 'pdf'], text: ['text/plain;charset=utf-8', 'txt'] };
  async function give(file, { form, document: id }, isOpened) {
    const bytes = await stored(file);
    const isPdf = (await bytes.slice(0, 5).text()) === '%PDF-';
    const [type, end] =
      form === 'pdf' && !isPdf
        ? ['application/octet-stream', 'bin']
        : (TYPES[form] ?? ['application/octet-stream', form === 'cda' ? 'xml' : 'bin']);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    if (isOpened && isPdf) Object.assign(link, { target: '_blank', rel: 'noopener noreferrer' });
    else link.download = `${id}.${end}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
  async function read(file, { form }, box) {
    const bytes = await (await stored(file)).arrayBuffer();
    let text;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      text = new TextDecoder('windows-1252').decode(bytes);
    }
    if (form === 'cda')
      text = new DOMParser()
        .parseFromString(text, 'application/xml')
        .documentElement.textContent.replace(/\s*\n\s*/g, '\n');
    const shown = el('pre', text.slice(0, 200000));
    shown.tabIndex = 0;
    box.after(shown);
  }

  /**
   * What was told of allergies, as it was sent: that nobody told is not that none is known, and what the latest list left out stands until somebody
   * says that it is safe.
   */
  function allergies(told) {
    const w = words().allergies;
    const newest = told.map(({ versions: [version] }) => version);
    if (newest.length === 0) return el('p', w.untold);
    const standing = newest.filter(({ state }) => state === 'current');
    const open = newest.filter(({ state }) => state !== 'removed' && state !== 'superseded');
    const isNone = standing.some((one) => one.isNoneKnown);
    const isSome = open.some((one) => !one.isNoneKnown);
    const head = isSome ? (isNone ? w.both : '') : isNone ? w.none : w.past;
    const lines = told.map(({ feed, versions: [one] }) => {
      const about = [
        severityOf(one.severity),
        one.reactions.join(', '),
        time(one.identifiedAt),
        ...one.status,
        ...one.notes,
      ];
      const said = [...about, w.states[one.state] ?? '', feed, moment(one.heardMs)].filter(Boolean).join(' · ');
      const isGrave = one.state !== 'removed' && !one.isNoneKnown;
      const name = el(one.state === 'removed' ? 's' : 'strong', codeName(one.code) || w.noSubstance);
      if (isGrave) name.className = 'critical';
      return el('li', '', name, ` · ${said}`);
    });
    const box = section(w.title, head === '' ? undefined : el('p', head), el('ul', '', ...lines));
    return box;
  }

  /** The sender's words, else what table 0128 says of its code. */
  function severityOf(severity) {
    const meaning = words().allergies.severities[severity.id];
    return meaning === undefined || severity.text !== '' ? codeName(severity) : `${meaning} (${severity.id})`;
  }

  function visits(chart) {
    const w = words();
    const lines = [
      ...chart.visits.map((one) => [
        w.visits[one.state],
        one.class,
        one.location,
        time(one.admittedAt),
        one.dischargedAt === '' ? '' : `→ ${time(one.dischargedAt)}`,
        one.feed,
      ]),
      ...chart.orders.map((one) => [
        one.isCancelled ? w.visits.cancelled : w.order,
        codeName(one.procedure),
        time(one.scheduledAt),
        one.reason,
        one.requester,
        one.feed,
      ]),
    ];
    return lines.length === 0
      ? [el('p', w.noVisits)]
      : [el('ul', '', ...lines.map((line) => el('li', line.filter(Boolean).join(' · '))))];
  }

  /** All of a chart. @param listed the patient in the list, with the studies of theirs */
  function chart(into, listed, { chart: value, files }) {
    const { patient } = value;
    const w = words();
    const who = [
      w.born(time(patient.birthDate)),
      patient.sex,
      ...patient.identifiers.map(({ value: number, authority, ins }) =>
        [number, authority, ins === 'wrong-key' ? w.wrongKey : ''].filter(Boolean).join(' '),
      ),
    ];
    const here = [
      patient.isPresent ? w.present : '',
      patient.location,
      patient.diedAt === '' ? '' : w.died(time(patient.diedAt)),
      patient.isValidated ? '' : w.notValidated,
    ]
      .filter(Boolean)
      .join(' · ');
    const studies = el(
      'div',
      '',
      ...listed.studies.map((study) => {
        const button = el(
          'button',
          [
            study.date,
            study.description,
            study.series
              .map(({ modality }) => modality)
              .filter((m, i, all) => all.indexOf(m) === i)
              .join(' '),
          ]
            .filter(Boolean)
            .join(' · '),
        );
        button.type = 'button';
        button.onclick = () => images(study);
        return button;
      }),
    );
    studies.className = 'row';
    const raw = value.raw.map(({ feed, heardMs, text }) => {
      const shown = el('pre', text);
      shown.tabIndex = 0;
      return el('div', '', el('h4', `${feed} · ${moment(heardMs)}`), shown);
    });
    into.replaceChildren(
      el('h2', nameOf(patient) || patient.identifiers[0]?.value || '—'),
      el('p', who.filter(Boolean).join(' · ')),
      el('p', here),
      el('p', w.heardUntil(moment(patient.heardMs)) + (value.isCut ? ` ${w.cutChart}` : '')),
      patient.critical === 0 ? '' : classed(el('p', w.criticals(patient.critical)), 'critical'),
      allergies(value.allergies),
      section(w.results, flowsheet(value.groups)),
      section(w.reports, ...reports(value.groups), ...documents(value, files)),
      section(w.images, listed.studies.length === 0 ? el('p', w.noImages) : studies),
      section(w.visitsTitle, ...visits(value)),
      ...(raw.length === 0 ? [] : [section(w.raw, ...raw)]),
    );
  }

  /** A day: what is planned, and what was registered in the downtime. */
  function day(into, value, registrations, open) {
    const w = words();
    const asOf = value.sources.map(({ source, asOfMs }) => `${source} : ${moment(asOfMs)}`);
    if (value.entries.length === 0)
      return into.replaceChildren(
        el('h3', time(String(value.day))),
        el('p', w.nothingPlanned),
        el('p', asOf.join(' · ')),
      );
    const rows = value.entries.map((one) => {
      const name = el('td', one.patient.name.replaceAll('^', ' ').trim() || one.patient.id);
      const known = open(one.patient.id);
      if (known !== undefined) {
        const button = el('button', name.textContent);
        button.type = 'button';
        button.onclick = known;
        name.replaceChildren(button);
      }
      const clock = one.time === '' ? '' : `${one.time.slice(0, 2)}:${one.time.slice(2, 4)}`;
      return el(
        'tr',
        '',
        el('td', clock),
        name,
        el('td', time(one.patient.birthDate)),
        el('td', one.patient.id),
        el('td', one.modality),
        el('td', one.station),
        el('td', one.procedure),
        el('td', one.accession),
        el('td', one.source === '' ? w.registered : one.source),
      );
    });
    const table = el('table', '', el('thead', '', el('tr', '', ...w.columns.map(th))), el('tbody', '', ...rows));
    into.replaceChildren(
      el('h3', time(String(value.day))),
      el(
        'p',
        [
          asOf.length === 0 ? '' : `${w.asOf} ${asOf.join(' · ')}`,
          registrations > 0 ? w.registrations(registrations) : '',
        ]
          .filter(Boolean)
          .join(' · '),
      ),
      wide(table),
      value.isCut ? el('p', w.cutDay) : '',
    );
  }

  return { chart, day, time, moment, nameOf };
};
