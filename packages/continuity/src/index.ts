export { indexLine } from './inventory/index-line.ts';
export {
  INVENTORY_STORAGE,
  type IncorporatedInventory,
  type InventoryHead,
  InventoryWriter,
} from './inventory/inventory.ts';
export type { KeptObject, KeptSeries, KeptStudy } from './inventory/kept.ts';
export { type GaugeFacts, gaugeOf, type SetGauge } from './set/gauge.ts';
export { type MadeSet, SetMaker, type SetMakerOptions } from './set/maker.ts';
export {
  type ChosenStudy,
  type ContinuitySet,
  type ExpectedPatient,
  type ExpectedPatients,
  type SetFacts,
  selectSet,
  type WhyChosen,
} from './set/select.ts';
