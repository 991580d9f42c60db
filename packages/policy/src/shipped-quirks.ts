import { text } from '@leadglass/kit';
import type { ShippedQuirk } from '@leadglass/model';

/**
 * What devices in the field are known to do, as data. An entry needs a file or a published source in which it was seen, is as narrow
 * as that allows, and excuses only what no program can read in two ways: an object's word for its maker is not proof of it. What all
 * makers do is no quirk of a device: it is information from the start (docs/rules/inspect.md).
 */
export const SHIPPED_QUIRKS: readonly ShippedQuirk[] = [
  {
    name: 'ge-lightspeed-blank-vr',
    manufacturer: 'GE MEDICAL SYSTEMS',
    model: 'LightSpeed*',
    accept: ['structure.blank-vr'],
    path: '(0028,0120)',
    why: text(
      'La valeur de remplissage des pixels (0028,0120) est écrite sans son type ; sa longueur est juste et tous les logiciels la lisent de même.',
      'The pixel padding value (0028,0120) is written without its type; its length is right and every program reads it alike.',
    ),
    source: 'fo-dicom issue 179 (GH179A.dcm), GE LightSpeed VCT',
  },
  {
    name: 'hologic-selenia-second-header',
    manufacturer: 'HOLOGIC*',
    model: 'Selenia Dimensions',
    accept: ['structure.group-0002-element'],
    path: '(0002,',
    why: text(
      'L’en-tête du fichier est répété dans l’objet ; la passerelle écrit de toute façon le sien.',
      'The file header is repeated inside the object; the gateway writes its own anyway.',
    ),
    source: 'fo-dicom issue 1376 (GH1376.dcm), Hologic Selenia Dimensions AWS 1.8.3',
  },
];
