import { EXPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { parameter, parseAccept, parseUriRendering } from '@leadglass/dicomweb';
import { type Exchange, objectsOf } from './exchange.ts';
import { pictureOf, renderingOf } from './pictures.ts';
import { badParameter, PROBLEMS, WebRefusal } from './problems.ts';
import { giveOne } from './retrieve.ts';

const UID = /^[0-9.]{1,64}$/;

/** WADO-URI (PS3.18 chapter 9): one object, as a DICOM file or as a picture. */
export async function uri(exchange: Exchange): Promise<void> {
  const { parameters } = exchange;
  if (parameter(parameters, 'requesttype') !== 'WADO') throw new WebRefusal(badParameter('requestType'));
  const [study, series, instance] = ['studyuid', 'seriesuid', 'objectuid'].map(
    (name) => parameter(parameters, name) ?? '',
  );
  if (
    study === undefined ||
    series === undefined ||
    instance === undefined ||
    ![study, series, instance].every((uid) => UID.test(uid))
  )
    throw new WebRefusal(PROBLEMS.badUid);
  // Nothing is de-identified on the way out here: whoever asks for it must not get the other.
  if (parameter(parameters, 'anonymize') === 'yes') throw new WebRefusal(badParameter('anonymize'));
  const [object] = await objectsOf(exchange, { study, series, instance });
  if (object === undefined) throw new WebRefusal(PROBLEMS.notFound);
  const wanted = wantedType(exchange);
  if (wanted === 'application/dicom') {
    const syntax = parameter(parameters, 'transfersyntax') ?? EXPLICIT_VR_LITTLE_ENDIAN;
    return giveOne(exchange, object, [syntax]);
  }
  const rendering = renderingOf(parameters, parseUriRendering);
  const frame = parameter(parameters, 'framenumber') ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(frame)) throw new WebRefusal(badParameter('frameNumber'));
  const picture = await pictureOf(exchange, object, Number(frame) - 1, rendering, wanted);
  if (picture === undefined) throw new WebRefusal(PROBLEMS.notRendered);
  exchange.given += 1;
  exchange.answer.send(200, { 'content-type': wanted }, picture);
}

/** `contentType`, its first that is given here; without it a JPEG (PS3.18 §9.1.2.1.3). */
function wantedType({ parameters }: Exchange): 'application/dicom' | 'image/jpeg' | 'image/png' {
  const types = parseAccept(parameter(parameters, 'contenttype') ?? 'image/jpeg') ?? [];
  for (const { type } of types) {
    if (type === 'application/dicom' || type === 'image/jpeg' || type === 'image/png') return type;
    if (type === 'image/*' || type === '*/*') return 'image/jpeg';
  }
  throw new WebRefusal(PROBLEMS.notAcceptable);
}
