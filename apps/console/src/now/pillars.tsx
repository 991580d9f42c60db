import type { PillarAnswer } from '@leadglass/contract';
import { Link } from '@tanstack/react-router';
import { useAsk } from '../client/index.ts';
import { Asked, Badge, FigureCard, type Tone } from '../kit/index.ts';
import { useSay, useWords } from '../words/index.ts';
import css from './now.module.css';
import { NOW } from './words.ts';

const TONES: Readonly<Record<PillarAnswer['state'], Tone>> = {
  good: 'good',
  attention: 'warn',
  bad: 'bad',
  unknown: 'plain',
};
const EVERY_MS = 15_000;

function Pillar({ pillar }: { readonly pillar: PillarAnswer }) {
  const words = useWords(NOW);
  const say = useSay();
  return (
    <FigureCard
      label={words[pillar.pillar]}
      value={say(pillar.figure)}
      badge={<Badge tone={TONES[pillar.state]}>{words[pillar.state]}</Badge>}
    >
      <p>{say(pillar.meaning)}</p>
      <ul className={css.evidence}>
        {pillar.evidence.map(({ text, page, command }) => (
          <li key={command}>
            <Link to={page} title={command}>
              {say(text)}
            </Link>
          </li>
        ))}
      </ul>
    </FigureCard>
  );
}

/** Availability, integrity, confidentiality, traceability: four figures, each with what proves it. */
export function Pillars() {
  const asked = useAsk('pillars', {}, { everyMs: EVERY_MS });
  return (
    <Asked of={asked}>
      {({ pillars }) => (
        <div className={css.pillars}>
          {pillars.map((pillar) => (
            <Pillar key={pillar.pillar} pillar={pillar} />
          ))}
        </div>
      )}
    </Asked>
  );
}
