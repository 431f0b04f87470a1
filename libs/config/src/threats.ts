import { attackOf, judgeWaivers } from '@assent/threat-model';
import type { Context } from './build/context.js';
import { notFound } from './build/not-found.js';
import type { AssentConfig } from './model.js';

type Built = Omit<AssentConfig, 'encryptionKey' | 'warnings' | 'file'>;

/**
 * In production nothing starts while an attack of the threat model succeeds by configuration, unless the operator waived
 * it and the waiver still counts. Waivers that waive nothing are a warning: they would hide the next mistake.
 */
export function judgeThreats({ content, mode, problem, warn }: Context, config: Built, now: Date): void {
  const names = config.issuers.map(({ name }) => name);
  config.threatWaivers.forEach(({ issuer }, index) => {
    if (issuer !== undefined && !names.includes(issuer)) problem(['threatWaivers', index, 'issuer'], `expected the name of an issuer, ${notFound(issuer, names)}`);
  });
  const { unwaived, unused } = judgeWaivers(config, config.threatWaivers, now);
  for (const waiver of unused) warn(['threatWaivers', content.threatWaivers.indexOf(waiver)], `${waiver.attack} does not succeed here: the waiver can go`);
  if (mode !== 'production') return;
  for (const { issuer, attack, reason, expired } of unwaived) {
    const text = `expected no attack to succeed, found ${attack} (${attackOf(attack).title}); ${reason}`;
    if (expired) problem(['threatWaivers', content.threatWaivers.indexOf(expired), 'expires'], `${text}; its waiver ended ${expired.expires}`);
    else problem(['issuers', names.indexOf(issuer)], `${text}; change it, or waive it in threatWaivers`);
  }
}
