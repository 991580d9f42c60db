import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import { type Text, text } from '@leadglass/kit';
import type { PastSettings } from '@leadglass/records';
import type { ConfigControl } from '../control-config.ts';
import { controlFault } from '../control-faults.ts';
import type { ControlServices } from '../control-services.ts';

/** Characters of YAML in one answer; whoever wants more goes on with `before`. */
const MOST_SOURCE = 4_000_000;

/** The states the settings had, and the way back to one of them. */
export class SettingsPast {
  readonly #services: ControlServices;
  readonly #config: ConfigControl;

  constructor(services: ControlServices, config: ConfigControl) {
    this.#services = services;
    this.#config = config;
  }

  async list({ before, limit }: ParsedRequestOf<'config.history'>): Promise<AnswerInputOf<'config.history'>> {
    const past = await this.#services.records.overview.past(before ?? Number.MAX_SAFE_INTEGER, limit);
    let left = MOST_SOURCE;
    const given: PastSettings[] = [];
    for (const state of past) {
      left -= state.source.length;
      if (left < 0 && given.length > 0) break;
      given.push(state);
    }
    return { past: given };
  }

  /** All of it or nothing. Throws Fault `control.not-found` for a state that is not remembered, `control.conflict` for one that is no settings any more. */
  async undo({ no }: ParsedRequestOf<'config.undo'>): Promise<AnswerInputOf<'config.undo'>> {
    const state = await this.#services.records.overview.onePast(no);
    if (state === undefined) throw controlFault('control.not-found', NOT_REMEMBERED);
    const { problems, changes } = await this.#config.apply(state.source, (change) => backTo(no, change));
    const [problem] = problems;
    if (problem !== undefined) throw controlFault('control.conflict', unfit(no, problem.text));
    return { changes };
  }
}

function backTo(no: number, change: Text): Text {
  return text(`retour à l’état nº ${no} : ${change.fr}`, `back to state no. ${no}: ${change.en}`);
}

function unfit(no: number, why: Text): Text {
  return text(
    `L’état nº ${no} ne peut plus être remis en vigueur : ${why.fr}`,
    `State no. ${no} cannot be put in force again: ${why.en}`,
  );
}

const NOT_REMEMBERED = text(
  'Aucun état des réglages ne porte ce numéro : config history donne ceux qui sont gardés.',
  'No state of the settings has this number: config history gives those that are kept.',
);
