import type { PatientAnswer } from '@leadglass/contract';
import { Fragment, type ReactNode, useEffect, useMemo, useState } from 'react';
import { Icon } from '../../kit/index.ts';
import { useLanguage, useSay, useWords } from '../../words/index.ts';
import { daySent, timeSent } from '../sent.ts';
import css from './cda.module.css';
import { type Cda, type CdaFile, type CdaSection, namesAnother, readCda } from './cda.ts';
import type { Block, Inline, Row } from './narrative.ts';
import { CDA, REFUSALS } from './words.ts';

interface CdaViewProps {
  readonly bytes: Blob;
  /** Whose chart it is on. */
  readonly patient: PatientAnswer;
}

/** A clinical document in elements of ours: what it says, and nothing that it does. */
export function CdaView({ bytes, patient }: CdaViewProps) {
  const say = useSay();
  const [read, setRead] = useState<ReturnType<typeof readCda>>();
  useEffect(() => {
    let isHere = true;
    void bytes.arrayBuffer().then((buffer) => isHere && setRead(readCda(new Uint8Array(buffer))));
    return () => {
      isHere = false;
    };
  }, [bytes]);
  if (read === undefined) return null;
  if (typeof read === 'string') return <p role="alert">{say(REFUSALS[read])}</p>;
  return <Document cda={read} patient={patient} />;
}

function Document({ cda, patient }: { readonly cda: Cda; readonly patient: PatientAnswer }) {
  const words = useWords(CDA);
  const title = cda.title || cda.type || words.untitled;
  const isEmpty = cda.sections.length === 0 && cda.file === undefined;
  return (
    <article className={css.document} aria-label={words.label(title)}>
      <h3>{title}</h3>
      <Head cda={cda} />
      {namesAnother(cda.patient, patient) ? (
        <p role="alert" className={css.another}>
          <Icon name="warning" size={16} /> {words.another}
        </p>
      ) : null}
      {isEmpty ? <p>{words.empty}</p> : null}
      {cda.file === undefined ? null : <File file={cda.file} />}
      {cda.sections.map((section, place) => (
        <Section key={keyed(place)} section={section} level={4} />
      ))}
    </article>
  );
}

function Head({ cda: { patient, at, authors, custodian, version, type, title } }: { readonly cda: Cda }) {
  const words = useWords(CDA);
  const language = useLanguage();
  const who = [patient.family, patient.given, daySent(patient.birthDate, language)];
  const facts = [
    [words.patient, [...who, ...patient.identifiers].filter((each) => each !== '').join(' ')],
    [words.at, timeSent(at, language)],
    [words.author, authors.join(' ; ')],
    [words.custodian, custodian],
    [words.version, version],
    ['', type === title ? '' : type],
  ].filter(([, fact]) => fact !== '');
  return (
    <p className={css.head}>
      {facts.map(([name, fact]) => (name === '' ? fact : words.named(name ?? '', fact ?? ''))).join(' · ')}
    </p>
  );
}

/** As bytes whatever the document calls them: the browser saves them, and runs nothing. */
function File({ file: { bytes, mediaType } }: { readonly file: CdaFile }) {
  const words = useWords(CDA);
  const address = useMemo(() => URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' })), [bytes]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  const isPdf = mediaType === 'application/pdf';
  return (
    <a href={address} download={isPdf ? 'document.pdf' : 'document.bin'} data-no-print>
      {words.file(mediaType || words.noType)}
    </a>
  );
}

const LEVELS = { 4: 'h4', 5: 'h5', 6: 'h6' } as const;
type Level = keyof typeof LEVELS;

function Section({ section, level }: { readonly section: CdaSection; readonly level: Level }) {
  const words = useWords(CDA);
  const Heading = LEVELS[level];
  const next = level === 6 ? 6 : ((level + 1) as Level);
  return (
    <section className={css.section}>
      {section.title === '' ? null : <Heading>{section.title}</Heading>}
      <Blocks blocks={section.blocks} />
      {section.isCodedOnly ? <p className={css.pale}>{words.codedOnly}</p> : null}
      {section.sections.map((each, place) => (
        <Section key={keyed(place)} section={each} level={next} />
      ))}
    </section>
  );
}

/** A document does not change: where a part stands is which it is. */
function keyed(place: number): string {
  return `part ${place}`;
}

function Blocks({ blocks }: { readonly blocks: readonly Block[] }) {
  return blocks.map((block, place) => <One key={keyed(place)} block={block} />);
}

function One({ block }: { readonly block: Block }): ReactNode {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Inlines of={block.children} />
        </p>
      );
    case 'caption':
      return (
        <p className={css.caption}>
          <Inlines of={block.children} />
        </p>
      );
    case 'list': {
      const List = block.isOrdered ? 'ol' : 'ul';
      return (
        <List>
          {block.items.map((item, place) => (
            <li key={keyed(place)}>
              <Blocks blocks={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'table':
      return <Table rows={block.rows} />;
  }
}

function Table({ rows }: { readonly rows: readonly Row[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <div className={css.scrolled} tabIndex={0}>
      <table className={css.table}>
        <tbody>
          {rows.map(({ cells }, place) => (
            <tr key={keyed(place)}>
              {cells.map(({ isHead, columns, rows: span, blocks }, at) => {
                const As = isHead ? 'th' : 'td';
                return (
                  <As key={keyed(at)} colSpan={columns} rowSpan={span}>
                    <Blocks blocks={blocks} />
                  </As>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inlines({ of }: { readonly of: readonly Inline[] }) {
  const words = useWords(CDA);
  return of.map((inline, place) => {
    const key = keyed(place);
    if (inline.kind === 'text') return <Fragment key={key}>{inline.text}</Fragment>;
    if (inline.kind === 'break') return <br key={key} />;
    if (inline.kind === 'picture') return <em key={key}>{words.picture} </em>;
    const As = inline.as;
    return (
      <As key={key}>
        <Inlines of={inline.children} />
      </As>
    );
  });
}
