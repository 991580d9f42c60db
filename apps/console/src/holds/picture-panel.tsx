import type { HoldAnswer } from '@leadglass/contract';
import { Button, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { callBytes, useAsk } from '../client/index.ts';
import { Asked, ErrorPanel, Loading, Section } from '../kit/index.ts';
import { useFormat, useSay, useWords } from '../words/index.ts';
import css from './holds.module.css';
import { HOLDS } from './words.ts';

/** How the picture is to be drawn. */
interface Drawing {
  readonly frame: number;
  readonly window?: { readonly center: number; readonly width: number };
}

/** The held image and its copy beside each other, drawn where nothing can be harmed. */
export function PicturePanel({ hold }: { readonly hold: HoldAnswer }) {
  const words = useWords(HOLDS);
  const [drawing, setDrawing] = useState<Drawing>();
  const hasCopy = hold.copy === 'made';
  return (
    <Section title={words.picture} lead={words.pictureLead}>
      {drawing === undefined ? (
        <Button variant="default" onClick={() => setDrawing({ frame: 1 })}>
          {words.showPicture}
        </Button>
      ) : (
        <>
          <Controls drawing={drawing} onDraw={setDrawing} />
          <div className={css.pictures}>
            <Picture label={words.original} sha256={hold.sha256} isCopy={false} drawing={drawing} />
            {hasCopy ? <Picture label={words.theCopy} sha256={hold.sha256} isCopy drawing={drawing} /> : null}
          </div>
        </>
      )}
      {hasCopy ? <Comparison sha256={hold.sha256} /> : null}
    </Section>
  );
}

interface ControlsProps {
  readonly drawing: Drawing;
  readonly onDraw: (drawing: Drawing) => void;
}

function Controls({ drawing, onDraw }: ControlsProps) {
  const words = useWords(HOLDS);
  const [frame, setFrame] = useState<string | number>(drawing.frame);
  const [center, setCenter] = useState<string | number>('');
  const [width, setWidth] = useState<string | number>('');
  const hasWindow = typeof center === 'number' && typeof width === 'number' && width >= 1;
  return (
    <form
      className={css.tools}
      onSubmit={(event) => {
        event.preventDefault();
        onDraw({ frame: typeof frame === 'number' ? frame : 1, ...(hasWindow ? { window: { center, width } } : {}) });
      }}
    >
      <NumberInput
        label={words.frame}
        min={1}
        max={1e6}
        allowDecimal={false}
        value={frame}
        onChange={setFrame}
        w={110}
      />
      <NumberInput label={words.center} value={center} onChange={setCenter} w={110} />
      <NumberInput label={words.width} min={1} value={width} onChange={setWidth} w={110} />
      <Button type="submit" variant="default">
        {words.redraw}
      </Button>
    </form>
  );
}

interface PictureProps {
  readonly label: string;
  readonly sha256: string;
  readonly isCopy: boolean;
  readonly drawing: Drawing;
}

function Picture({ label, sha256, isCopy, drawing }: PictureProps) {
  const words = useWords(HOLDS);
  const asked = useQuery({
    queryKey: ['hold.preview', sha256, isCopy, drawing],
    queryFn: ({ signal }) => callBytes('hold.preview', { id: sha256, copy: isCopy, ...drawing }, { signal }),
    // Each look is in the ledger, and a picture does not change.
    staleTime: 'static',
    refetchOnWindowFocus: false,
    retry: false,
  });
  return (
    <figure className={css.picture}>
      <figcaption>{label}</figcaption>
      {asked.data === undefined ? null : <BlobImage blob={asked.data} alt={label} />}
      {asked.isPending ? <Loading /> : null}
      {asked.isError ? (
        <>
          <p>{words.noPicture}</p>
          <ErrorPanel error={asked.error} />
        </>
      ) : null}
    </figure>
  );
}

/** A picture that is in memory alone. */
function BlobImage({ blob, alt }: { readonly blob: Blob; readonly alt: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url === undefined ? null : <img src={url} alt={alt} />;
}

function Comparison({ sha256 }: { readonly sha256: string }) {
  const words = useWords(HOLDS);
  const format = useFormat();
  const say = useSay();
  const asked = useAsk('hold.compare', { id: sha256 });
  return (
    <div className={css.comparison}>
      <h3>{words.changes}</h3>
      <Asked of={asked}>
        {({ changes, pixelSha256, original, copy }) => (
          <>
            {changes.length === 0 ? <p>{words.noChanges}</p> : null}
            <ul>
              {changes.map(({ kind, path, text }) => (
                <li key={`${kind} ${path} ${text.en}`}>
                  {say(text)} {path === '' ? null : <code>{path}</code>}
                </li>
              ))}
            </ul>
            <p>{words.sizes(format.bytes(original.plainBytes), format.bytes(copy.plainBytes))}</p>
            <p className={css.note}>
              {pixelSha256 === '' ? words.pixelsUnknown : words.samePixels} <code>{pixelSha256}</code>
            </p>
          </>
        )}
      </Asked>
    </div>
  );
}
