import type { Consent } from '../authorize/authorization.js';
import type { Asking } from './asking.js';
import { consentOf } from './consented.js';
import { proveShown, type Offer, type OfferedAccount, type PostedOffer, type Yes } from './shown.js';
import type { Visit } from './visit.js';

/** What a yes to one page of a request leads to. */
export type Said =
  /** Something is no longer what the page showed, or was never on it: nothing counts. */
  | { readonly leads: 'nowhere' }
  /** Accounts are asked for, and none was chosen. */
  | { readonly leads: 'back' }
  | { readonly leads: 'on'; readonly to: number; readonly yes: readonly Yes[] }
  | { readonly leads: 'to-the-end'; readonly consent: Consent };

/** Yes counts only for what the page showed in this session, and for accounts it offered. All is decided with the last page. */
export function judgeYes(visit: Visit, asking: Asking, posted: PostedOffer): Said {
  const { offer } = posted;
  const hash = proveShown(visit, asking, posted);
  const accounts = hash === undefined ? 'not-offered' : chooseAccounts(visit, asking, offer);
  if (hash === undefined || accounts === 'not-offered') return { leads: 'nowhere' };
  if (accounts === 'none') return { leads: 'back' };
  const yes = [...offer.earlier, { hash, accounts, kept: offer.kept, lost: offer.lost }];
  if (yes.length < asking.pages.length) return { leads: 'on', to: offer.at + 1, yes };
  return { leads: 'to-the-end', consent: consentOf(visit, asking, offer, yes) };
}

/** `none` when accounts are asked for and none was chosen; `not-offered` also when two are to pay at once. */
function chooseAccounts(visit: Visit, { pages, picksAccounts }: Asking, { at, accounts: offered, kept }: Offer): readonly OfferedAccount[] | 'none' | 'not-offered' {
  const ids = [...new Set(visit.form.all('account'))];
  const chosen = offered.filter(({ id }) => ids.includes(id));
  if (chosen.length < ids.length) return 'not-offered';
  const page = pages[at];
  if (page?.kind === 'payment') {
    if (ids.length > 1) return 'not-offered';
    return ids.length === 0 && visit.engine.details.picks(page.detail) !== 'nothing' ? 'none' : chosen;
  }
  return picksAccounts && chosen.length + kept.length === 0 ? 'none' : chosen;
}
