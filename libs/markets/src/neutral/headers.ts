import { MarketRefusal } from '../refusal.js';
import type { HeaderRules } from '../route.js';

/** Versions are chosen by `x-v` and told in the answer; `x-colour: grey` is refused. */
export const neutralHeaders: HeaderRules = {
  interactionId: { whenAbsent: 'generate', whenMalformed: 'refuse' },
  read({ header, version }) {
    if (header('x-colour') === 'grey') throw new MarketRefusal(400, 'bad_colour', 'x-colour must not be grey', 'ASSENT-NEU-07', { path: 'x-colour' });
    return version === undefined ? {} : { 'x-v': String(version) };
  },
  version({ header }, offered) {
    const wanted = Number(header('x-v') ?? offered[0]);
    if (!offered.includes(wanted)) throw new MarketRefusal(406, 'unsupported_version', `x-v must be one of ${offered.join(', ')}`, 'ASSENT-NEU-08');
    return wanted;
  },
};
