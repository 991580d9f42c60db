import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useWords } from '../words/index.ts';
import { type Draft, draftOf, type Field, identityOf } from './facts.ts';
import css from './reconcile.module.css';
import { FIELDS, NEW_PATIENT } from './words.ts';

type Identity = Exclude<ReturnType<typeof identityOf>, ReadonlySet<Field>>;

interface NewPatientProps {
  /** As it was registered, or as the images say. */
  readonly here: Readonly<Record<string, string>>;
  /** What the first of two persons said, where it is nobody who was shown. */
  readonly said: Identity | undefined;
  readonly isBusy: boolean;
  readonly onAccept: (identity: Identity) => void;
}

/** Somebody whom nothing else knows: these details are kept, under the number that the hospital gives them. */
export function NewPatient({ here, said, isBusy, onAccept }: NewPatientProps) {
  const words = useWords(NEW_PATIENT);
  const [draft, setDraft] = useState<Draft>(() => draftOf(here, said));
  const [isTried, setTried] = useState(false);
  const read = identityOf(draft);
  const wrong = isTried && read instanceof Set ? read : new Set<Field>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!(read instanceof Set)) onAccept(read as Identity);
  };
  const set = (field: Field, value: string) => setDraft({ ...draft, [field]: value });
  return (
    <details open={said !== undefined}>
      <summary>{words.title}</summary>
      <form className={css.form} noValidate onSubmit={submit} aria-label={words.title}>
        <p>{said === undefined ? words.lead : words.saidMeaning}</p>
        <Fields draft={draft} wrong={wrong} set={set} />
        <div>
          <Button type="submit" loading={isBusy}>
            {words.keep}
          </Button>
        </div>
      </form>
    </details>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly wrong: ReadonlySet<Field>;
  readonly set: (field: Field, value: string) => void;
}

function Fields({ draft, wrong, set }: FieldsProps) {
  const words = useWords(NEW_PATIENT);
  const fields = useWords(FIELDS);
  const given = (field: Field) => ({
    value: draft[field],
    maxLength: 64,
    autoComplete: 'off',
    error: wrong.has(field) ? words.toCheck : undefined,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => set(field, event.currentTarget.value),
  });
  const sexes = [
    { value: '', label: words.unknown },
    { value: 'F', label: words.female },
    { value: 'M', label: words.male },
    { value: 'O', label: words.other },
  ];
  return (
    <div className={css.fields}>
      <TextInput {...given('patientId')} label={fields.localId} description={words.numberMeaning} required />
      <TextInput {...given('issuer')} label={words.issuer} description={words.issuerMeaning} />
      <TextInput {...given('familyName')} label={fields.familyName} required />
      <TextInput {...given('givenName')} label={fields.givenName} />
      <TextInput {...given('birthDate')} type="date" label={fields.birthDate} />
      <NativeSelect
        label={fields.sex}
        value={draft.sex}
        data={sexes}
        error={wrong.has('sex') ? words.toCheck : undefined}
        onChange={(event) => set('sex', event.currentTarget.value)}
      />
      <TextInput {...given('accession')} label={words.accession} />
    </div>
  );
}
