import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import type { ConfigControl } from '../control-config.ts';
import type { DecisionControl } from '../control-decisions.ts';
import type { ControlServices } from '../control-services.ts';
import { changeLimits, changeRights } from './binding.ts';
import { ModeControl } from './modes.ts';
import { propose, simulateFile } from './proposal.ts';
import { ReadmitControl } from './readmit.ts';
import { showPolicy } from './show.ts';

/** `policy.*` of the control socket: what is seen becomes rules, step by step. */
export class PolicyControl {
  readonly #services: ControlServices;
  readonly #config: ConfigControl;
  readonly #modes: ModeControl;
  readonly #readmit: ReadmitControl;

  constructor(services: ControlServices, config: ConfigControl, decisions: DecisionControl) {
    this.#services = services;
    this.#config = config;
    this.#modes = new ModeControl(services, config);
    this.#readmit = new ReadmitControl(services, config, decisions);
  }

  async show(): Promise<AnswerInputOf<'policy.show'>> {
    return showPolicy(this.#services, await this.#config.current());
  }

  observe(asked: ParsedRequestOf<'policy.observe'>): Promise<AnswerInputOf<'policy.observe'>> {
    return this.#modes.observe(asked);
  }

  enforce(asked: ParsedRequestOf<'policy.enforce'>): Promise<AnswerInputOf<'policy.enforce'>> {
    return this.#modes.enforce(asked);
  }

  async propose(asked: ParsedRequestOf<'policy.propose'>): Promise<AnswerInputOf<'policy.propose'>> {
    return propose(this.#services, await this.#config.current(), asked);
  }

  simulate(asked: ParsedRequestOf<'policy.simulate'>): Promise<AnswerInputOf<'policy.simulate'>> {
    return simulateFile(this.#services, asked);
  }

  allow(asked: ParsedRequestOf<'policy.allow'>): Promise<AnswerInputOf<'policy.allow'>> {
    return changeRights(this.#config, asked);
  }

  limit(asked: ParsedRequestOf<'policy.limit'>): Promise<AnswerInputOf<'policy.limit'>> {
    return changeLimits(this.#config, asked);
  }

  readmit(asked: ParsedRequestOf<'policy.readmit'>): Promise<AnswerInputOf<'policy.readmit'>> {
    return this.#readmit.readmit(asked);
  }
}
