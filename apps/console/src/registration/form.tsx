import type { RegistrationAnswer } from '@leadglass/contract';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { type Request, useAct } from '../client/index.ts';
import { ErrorPanel, toast } from '../kit/index.ts';
import { useWords } from '../words/index.ts';
import { askedOf, type Draft, draftOf, type Field, MODALITIES, wrongOf } from './facts.ts';
import css from './registration.module.css';
import { REGISTRATION } from './words.ts';

interface FormProps {
  /** What is corrected; undefined for somebody new. */
  readonly of: RegistrationAnswer | undefined;
  /** Devices that were named today. */
  readonly stations: readonly string[];
  readonly onDone: (registered: RegistrationAnswer) => void;
  readonly onGiveUp: () => void;
}

type Asked = Request<'registration.add'>;

const MOST: Readonly<Partial<Record<Field, number>>> = {
  station: 16,
  ins: 21,
  familyName: 60,
  givenName: 60,
  requester: 60,
};

function useForm({ of, onDone }: FormProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(of ?? {}));
  const [isTried, setTried] = useState(false);
  const add = useAct('registration.add');
  const correct = useAct('registration.correct');
  const wrong = wrongOf(draft);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong.size > 0) return;
    const asked = askedOf(draft) as Asked;
    const { registration } = await (of === undefined
      ? add.mutateAsync(asked)
      : correct.mutateAsync({ number: of.number, ...asked }));
    const said = of === undefined ? REGISTRATION.added : REGISTRATION.corrected;
    toast({ text: said(registration.number) });
    setTried(false);
    const { modality, station, requester } = registration;
    setDraft(draftOf({ modality, station, ...(requester === undefined ? {} : { requester }) }));
    onDone(registration);
  };
  const error = add.error ?? correct.error ?? undefined;
  const set = (field: Field, value: string) => setDraft({ ...draft, [field]: value });
  const isBusy = add.isPending || correct.isPending;
  return { draft, set, wrong: isTried ? wrong : new Set<Field>(), submit, error, isBusy };
}

type Form = ReturnType<typeof useForm>;

/** A patient and an order in one screen: what is needed first, and the rest where it is known. */
export function RegistrationForm(props: FormProps) {
  const words = useWords(REGISTRATION);
  const form = useForm(props);
  const { of, stations, onGiveUp } = props;
  return (
    <form className={css.form} noValidate onSubmit={(event) => void form.submit(event).catch(() => undefined)}>
      <PatientFields form={form} />
      <OrderFields form={form} stations={stations} />
      {form.error === undefined ? null : <ErrorPanel error={form.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={form.isBusy}>
          {of === undefined ? words.add : words.saveCorrection}
        </Button>
        {of === undefined ? null : (
          <Button variant="default" onClick={onGiveUp}>
            {words.giveUp}
          </Button>
        )}
      </div>
    </form>
  );
}

interface TextFieldProps {
  readonly form: Form;
  readonly field: Field;
  readonly label: string;
  readonly description?: string;
  readonly isNeeded?: boolean;
  readonly type?: 'date';
  readonly list?: string;
}

function TextField({ form, field, label, description, isNeeded = false, type, list }: TextFieldProps) {
  const words = useWords(REGISTRATION);
  return (
    <TextInput
      label={label}
      {...(description === undefined ? {} : { description })}
      {...(type === undefined ? {} : { type })}
      {...(list === undefined ? {} : { list })}
      value={form.draft[field]}
      maxLength={MOST[field] ?? 64}
      required={isNeeded}
      autoComplete="off"
      error={form.wrong.has(field) ? words.toCheck : undefined}
      onChange={(event) => form.set(field, event.currentTarget.value)}
    />
  );
}

function PatientFields({ form }: { readonly form: Form }) {
  const words = useWords(REGISTRATION);
  const sexes = [
    { value: '', label: words.unknown },
    { value: 'F', label: words.female },
    { value: 'M', label: words.male },
    { value: 'O', label: words.other },
  ];
  return (
    <fieldset className={css.fields}>
      <legend>{words.patient}</legend>
      <TextField form={form} field="familyName" label={words.familyName} isNeeded />
      <TextField form={form} field="givenName" label={words.givenName} />
      <TextField form={form} field="birthDate" label={words.birthDate} type="date" />
      <NativeSelect
        label={words.sex}
        value={form.draft.sex}
        data={sexes}
        onChange={(event) => form.set('sex', event.currentTarget.value)}
      />
      <TextField form={form} field="localId" label={words.localId} />
      <TextField form={form} field="ins" label={words.ins} description={words.insMeaning} />
    </fieldset>
  );
}

function OrderFields({ form, stations }: { readonly form: Form; readonly stations: readonly string[] }) {
  const words = useWords(REGISTRATION);
  const known = useId();
  const priorities = [
    { value: 'STAT', label: words.stat },
    { value: 'HIGH', label: words.high },
    { value: 'ROUTINE', label: words.routine },
  ];
  return (
    <fieldset className={css.fields}>
      <legend>{words.order}</legend>
      <TextField form={form} field="procedure" label={words.procedure} isNeeded />
      <NativeSelect
        label={words.modality}
        value={form.draft.modality}
        data={[...MODALITIES]}
        onChange={(event) => form.set('modality', event.currentTarget.value)}
      />
      <TextField form={form} field="station" label={words.station} isNeeded list={known} />
      <datalist id={known}>
        {stations.map((station) => (
          <option key={station} value={station} />
        ))}
      </datalist>
      <NativeSelect
        label={words.priority}
        value={form.draft.priority}
        data={priorities}
        onChange={(event) => form.set('priority', event.currentTarget.value)}
      />
      <TextField form={form} field="reason" label={words.reason} />
      <TextField form={form} field="requester" label={words.requester} />
    </fieldset>
  );
}
