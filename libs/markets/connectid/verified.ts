import type { Holder } from '../src/consent-vehicle.js';

/** The trust framework this market vouches under. */
export const trustFramework = 'au_connectid';

/** Ages that can be vouched for without telling the day of birth. */
const ages: Readonly<Record<string, number>> = { over16: 16, over18: 18, over21: 21, over25: 25, over65: 65 };

/** Accounts to be paid to, as the bank holds them for the customer. */
const beneficiaries = ['beneficiary_account_au', 'beneficiary_account_au_payid', 'beneficiary_account_international'];

/** Claims that may stand in `verified_claims`. */
export const verifiedClaims: readonly string[] = [...Object.keys(ages), ...beneficiaries];

/** What the bank can vouch for of the claims asked: ages out of the day of birth, the rest as held. */
export function vouched(asked: readonly string[], { claims, now }: Holder): Readonly<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const name of asked) {
    const age = ages[name];
    const answer = age === undefined ? claims[name] : isOver(claims['birthdate'], age, now);
    if (answer !== undefined && verifiedClaims.includes(name)) answers[name] = answer;
  }
  return answers;
}

/** Whether the birthday of that age has come; `undefined` where the bank does not hold a whole date. */
function isOver(birthdate: unknown, years: number, now: Date): boolean | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typeof birthdate === 'string' ? birthdate : '') ?? [];
  // A year of 0000 says that it is not told (OpenID Connect Core section 5.1).
  if (year === undefined || year === '0000') return undefined;
  return Date.UTC(Number(year) + years, Number(month) - 1, Number(day)) <= now.getTime();
}
