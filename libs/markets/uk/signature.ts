import { MarketRefusal } from '../src/refusal.js';
import type { AnswerFacts, DetachedSignatureRules, MarketRoute, SignerFacts } from '../src/route.js';
import { ukCodes } from './errors.js';

/* `x-jws-signature` (Open Banking Read-Write API Profile v4.0, Message Signing). */

const name = (short: string): string => `http://openbanking.org.uk/${short}`;
const critical = [name('iat'), name('iss'), name('tan')];
const known = new Set(['alg', 'kid', 'typ', 'cty', 'crit', ...critical]);
/** Seconds the signer's clock may be ahead. */
const skew = 10;

export const signedRequest: DetachedSignatureRules = {
  header: 'x-jws-signature',
  demand: 'required',
  missing: { status: 400, code: ukCodes.signatureMissing },
  malformed: { status: 400, code: ukCodes.signatureMalformed },
  critical,
  verifyHeader(header, facts) {
    const missing = ['alg', 'kid', 'crit', ...critical].find((one) => header[one] === undefined);
    if (missing !== undefined) throw refused(ukCodes.signatureMissingClaim, missing, 'is missing');
    const stranger = Object.keys(header).find((one) => !known.has(one));
    if (stranger !== undefined) throw refused(ukCodes.signatureInvalidClaim, stranger, 'is not known');
    for (const [claim, holds, says] of demands(header, facts)) if (!holds) throw refused(ukCodes.signatureInvalidClaim, claim, says);
    return undefined;
  },
};

type Demand = readonly [claim: string, holds: boolean, says: string];

function demands(header: Readonly<Record<string, unknown>>, { now, ...signer }: SignerFacts): readonly Demand[] {
  const { alg, typ, cty, crit } = header;
  const [iat, iss, tan] = critical.map((one) => header[one]);
  return [
    ['alg', alg === 'PS256', 'must be PS256'],
    ['typ', typ === undefined || typ === 'JOSE', 'must be JOSE'],
    ['cty', cty === undefined || cty === 'json' || cty === 'application/json', 'must be application/json'],
    ['crit', Array.isArray(crit) && crit.length === critical.length && critical.every((one) => crit.includes(one)), `must be ${critical.join(', ')}`],
    [name('iat'), typeof iat === 'number' && Number.isSafeInteger(iat) && iat <= now.getTime() / 1000 + skew, 'must be a time in the past, in seconds'],
    [name('iss'), typeof iss === 'string' && isSigner(iss, signer), 'must be the organisation of this client, followed by / and its software statement where there is one'],
    [name('tan'), typeof tan === 'string' && anchorsOf(signer).includes(tan), 'must be the trust anchor that holds the keys of this client'],
  ];
}

/** `org-id/software-statement-id`; a client whose organisation nobody vouched for signs as itself. */
const isSigner = (iss: string, { clientId, organisationId }: Omit<SignerFacts, 'now'>): boolean =>
  organisationId === undefined ? iss === clientId : iss === organisationId || iss.startsWith(`${organisationId}/`);

/** The directory of the market, and wherever the keys of the client are really fetched from. */
const anchorsOf = ({ jwksUri }: Pick<SignerFacts, 'jwksUri'>): readonly string[] => ['openbanking.org.uk', ...(jwksUri === undefined ? [] : [new URL(jwksUri).hostname])];

const refused = (code: string, claim: string, says: string): MarketRefusal => new MarketRefusal(400, code, `${claim} in the header of x-jws-signature ${says}`, 'ASSENT-UK-03', { path: claim });

/** The bank signs as the issuer, whose own host holds its keys. */
export const signedAnswer: NonNullable<MarketRoute['signed']> = {
  as: 'detached',
  errors: true,
  header: 'x-jws-signature',
  claims: ({ issuer, now }: AnswerFacts) => ({ [name('iat')]: Math.floor(now.getTime() / 1000), [name('iss')]: issuer, [name('tan')]: new URL(issuer).hostname, crit: critical }),
};
