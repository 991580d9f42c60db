import { type Text, text } from '@leadglass/kit';

/** Why a request is not answered as asked: an HTTP status and words. */
export interface WebProblem {
  readonly status: number;
  readonly code: string;
  readonly text: Text;
}

const problem = (status: number, code: string, fr: string, en: string): WebProblem => ({
  status,
  code: `web.${code}`,
  text: text(fr, en),
});

/** What can be wrong with a request. No value of a request stands in any of them. */
export const PROBLEMS = {
  badRequest: problem(400, 'bad-request', 'La demande ne peut pas être lue.', 'The request cannot be read.'),
  badUid: problem(
    400,
    'bad-uid',
    'Un identifiant de l’adresse n’est pas un UID.',
    'An identifier of the address is no UID.',
  ),
  badMultipart: problem(
    400,
    'bad-multipart',
    'Le corps multipart est mal formé ou coupé.',
    'The multipart body is malformed or cut off.',
  ),
  unauthorized: problem(
    401,
    'unauthorized',
    'Un jeton valable ou un certificat connu est nécessaire.',
    'A valid token or a known certificate is needed.',
  ),
  forbidden: problem(
    403,
    'forbidden',
    'Ce service n’est pas permis à ce client.',
    'This service is not allowed to this client.',
  ),
  notFound: problem(
    404,
    'not-found',
    'Rien de tel n’est conservé ici, ou cela est retenu.',
    'Nothing of the kind is kept here, or it is held.',
  ),
  noFrame: problem(404, 'no-frame', 'L’objet n’a pas cette image.', 'The object has no such frame.'),
  noBulk: problem(404, 'no-bulk-data', 'L’objet n’a pas cette donnée.', 'The object has no such data.'),
  notAllowed: problem(
    405,
    'method-not-allowed',
    'Cette méthode n’est pas offerte ici.',
    'This method is not offered here.',
  ),
  notAcceptable: problem(
    406,
    'not-acceptable',
    'Aucune des formes acceptées par le client ne peut être donnée ; transfer-syntax=* donne l’objet tel quel.',
    'None of the forms the client accepts can be given; transfer-syntax=* gives the object as it is.',
  ),
  noRange: problem(416, 'no-range', 'L’objet n’a pas ces octets.', 'The object has no such bytes.'),
  tooSlow: problem(408, 'too-slow', 'La demande est arrivée trop lentement.', 'The request came too slowly.'),
  tooMany: problem(
    413,
    'too-many',
    'Trop d’objets à la fois : demandez série par série.',
    'Too many objects at once: ask series by series.',
  ),
  notMedia: problem(
    415,
    'unsupported-media-type',
    'Ici s’envoie multipart/related; type="application/dicom", un fichier DICOM par partie. Métadonnées et données séparées (JSON, XML) ne sont pas acceptées.',
    'What is taken here is multipart/related; type="application/dicom", one DICOM file a part. Metadata and bulk data apart (JSON, XML) are not taken.',
  ),
  notRendered: problem(
    406,
    'not-renderable',
    'L’objet ne contient pas d’image qui puisse être montrée.',
    'The object holds no image that can be shown.',
  ),
  defect: problem(
    500,
    'defect',
    'Défaut interne ; le journal technique en dit la cause.',
    'Internal defect; the technical log tells its cause.',
  ),
  unavailable: problem(
    503,
    'unavailable',
    'Le service n’est pas disponible pour l’instant.',
    'The service is not available at the moment.',
  ),
} as const;

/** A parameter that cannot be read or is not offered; named when its name is one of ours. */
export function badParameter(name: string): WebProblem {
  return name === ''
    ? problem(
        400,
        'unknown-parameter',
        'Un paramètre de la demande est inconnu.',
        'A parameter of the request is unknown.',
      )
    : problem(
        400,
        'bad-parameter',
        `Le paramètre ${name} ne peut pas être lu ou n’est pas offert.`,
        `The parameter ${name} cannot be read or is not offered.`,
      );
}

/** Thrown by whoever answers, before anything was sent. */
export class WebRefusal extends Error {
  readonly problem: WebProblem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: WebProblem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.code);
    this.problem = problem;
    this.headers = headers;
  }
}
