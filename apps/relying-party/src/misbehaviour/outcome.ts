import type { Notice } from '../flow/refusal.js';
import type { Verdict } from '../inspector/exchange.js';
import type { Timeline } from '../inspector/timeline.js';
import type { Misbehaviour } from './misbehaviour.js';

const outcomes: Readonly<Record<Verdict, Pick<Notice, 'tone' | 'title'>>> = {
  'refused-as-it-should': { tone: 'ok', title: 'Refused, as it must be' },
  'let-through': { tone: 'bad', title: 'Let through!' },
  fine: { tone: 'bad', title: 'Let through!' },
  unexpected: { tone: 'warn', title: 'Refused, but not in the way it must be' },
};

/** How an attack ended: by its last exchange. */
export function outcomeOf({ title }: Misbehaviour, timeline: Timeline): Notice {
  const exchange = timeline.newestFirst[0]?.exchange;
  const { tone, title: outcome } = outcomes[exchange?.verdict ?? 'unexpected'];
  const code = /"error": "([a-z_]+)"/.exec(exchange?.responseBody ?? '')?.[1];
  return { tone, title: outcome, text: `${title}: the bank answered ${exchange?.status ?? 'nothing'}${code === undefined ? '' : ` ${code}`}.` };
}
