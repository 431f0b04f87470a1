import { randomUUID } from 'node:crypto';
import type { AuthorizationStep, HttpStep, Journey, JourneyFacts, LodgeStep } from '@assent/markets';
import * as openid from 'openid-client';
import { clientAssertion } from './assertion.js';
import { expectStep, sendStep, type Sending, type StepAnswer } from './http-step.js';
import { Mismatch } from './mismatch.js';
import type { Tpp } from './tpp.js';

/** Runs one step, tells about it, and passes its result on. */
export type Tell = <T>(title: string, run: () => Promise<T>, detail?: (result: T) => string) => Promise<T>;

export interface Player {
  readonly tpp: Tpp;
  /** The issuer identifier. */
  readonly issuer: string;
  /** Where the market's API begins. */
  readonly base: string;
  /** Claims of the customer who will sign in. */
  readonly customer: Readonly<Record<string, unknown>>;
  readonly tell: Tell;
  readonly now: () => Date;
}

/** A journey up to the redirect to the bank. */
export interface Begun {
  readonly url: URL;
  finish(callback: URL): Promise<Allowed>;
}

/** A journey whose customer said yes. */
export interface Allowed {
  readonly tokens: openid.TokenEndpointResponse;
  readonly consent: string | undefined;
  /** Each call of the journey, in order. */
  call(): Promise<void>;
  /** Ends the consent and shows that nothing works any more. */
  end(): Promise<void>;
}

/** What an authorization request of a journey is made of, once there is a consent for it. */
export interface Ready {
  readonly configuration: openid.Configuration;
  readonly facts: JourneyFacts;
  readonly step: AuthorizationStep;
  readonly clientToken: string | undefined;
}

/** Consent, where the market lodges one, and what is then asked of the customer. */
export async function readyJourney(player: Player, journey: Journey): Promise<Ready> {
  const { tell } = player;
  const configuration = await tell('Discovery', () => discover(player), (found) => found.serverMetadata().issuer);
  const facts = factsOf(player, configuration);
  const clientScope = journey.lodge?.scope ?? journey.clientScope;
  const own = clientScope === undefined ? undefined : await tell('Token for the client itself', () => clientToken(configuration, clientScope), () => `scope ${clientScope}`);
  const lodged = journey.lodge && (await lodge(player, journey.lodge, { configuration, facts, token: own }));
  const ready = { ...facts, consent: lodged?.name, answers: lodged ? { [journey.lodge?.keep ?? 'consent']: lodged.answer } : {} };
  return { configuration, facts: ready, step: journey.authorize(ready), clientToken: own };
}

/** Consent (where the market lodges one), authorization request. */
export async function beginJourney(player: Player, journey: Journey): Promise<Begun> {
  const { configuration, facts, step, clientToken: own } = await readyJourney(player, journey);
  const { url, checks } = await player.tell(step.way === 'pushed' ? 'Pushed authorization request, signed' : 'Request object by value', () => ask(player, configuration, step), ({ url: address }) => `${[...address.searchParams.keys()].join(', ')}`);
  return { url, finish: (callback) => redeem(player, journey, { configuration, step, checks, facts, clientToken: own }, callback) };
}

interface Opened {
  readonly configuration: openid.Configuration;
  readonly step: AuthorizationStep;
  readonly checks: openid.AuthorizationCodeGrantChecks;
  readonly facts: JourneyFacts;
  readonly clientToken: string | undefined;
}

async function redeem(player: Player, journey: Journey, opened: Opened, callback: URL): Promise<Allowed> {
  const { tell, tpp } = player;
  const { configuration, checks, facts } = opened;
  const tokens = await tell('Tokens', () => openid.authorizationCodeGrant(configuration, callback, checks), (issued) => `${issued.token_type}, ${issued.expires_in ?? '?'} s, scope ${issued.scope ?? '(details)'}`);
  const consent = facts.consent ?? journey.consentIn?.(tokens as unknown as Record<string, unknown>);
  const known = { ...facts, consent };
  const sending = (answers: JourneyFacts['answers']): Sending => ({ tpp, jwksUri: jwksOf(configuration), facts: { ...known, now: player.now(), answers }, token: tokens.access_token });
  const [first] = journey.calls;
  let answers = facts.answers;
  return {
    tokens,
    consent,
    call: async () => {
      for (const call of journey.calls) {
        const { body } = await tell(call.says, () => sendAs(call, sending(answers), opened), (answer) => call.tells?.(answer.body) ?? `${answer.status}`);
        answers = { ...answers, [call.keep]: body };
      }
    },
    end: async () => {
      await endJourney(player, journey, { configuration, sending: sending(answers), clientToken: opened.clientToken, tokens });
      if (!first || journey.consumed === true) return;
      const allowed = journey.refusedWith ?? [401, 403];
      await tell('The API refuses the token within a second', () => refusedSoon(first, sending(answers), allowed), (ms) => `after ${ms} ms`);
      const { refresh_token: refreshToken } = tokens;
      if (refreshToken !== undefined) await tell('The refresh token is refused', () => refusedRefresh(configuration, refreshToken), (code) => code);
    },
  };
}

interface Ending {
  readonly configuration: openid.Configuration;
  readonly sending: Sending;
  readonly clientToken: string | undefined;
  readonly tokens: openid.TokenEndpointResponse;
}

async function endJourney({ tell }: Player, { revoke, consumed }: Journey, { configuration, sending, clientToken: own, tokens }: Ending): Promise<void> {
  if (revoke) await tell(revoke.says, () => sendAs(revoke, sending, { configuration, clientToken: own }), ({ status }) => String(status));
  else if (consumed !== true) await tell('Revocation (RFC 7009)', () => openid.tokenRevocation(configuration, tokens.refresh_token ?? tokens.access_token));
}

/** Under whichever token the step wants. */
async function sendAs(step: HttpStep, { token: customers, ...rest }: Sending, { configuration, clientToken: own }: Pick<Ending, 'configuration' | 'clientToken'>): Promise<StepAnswer> {
  if (step.with === 'client-authentication') return expectStep(step, { ...rest, form: await clientAssertion(rest.tpp.clientId, rest.tpp.signing, configuration.serverMetadata().issuer) });
  return expectStep(step, { ...rest, token: step.with === 'client-token' ? own : customers });
}

/** Sends the call until it is refused, for a second at most. */
async function refusedSoon(call: HttpStep, sending: Sending, allowed: readonly number[]): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { status } = await sendStep(call, sending);
    const passed = Math.round(performance.now() - started);
    if (allowed.includes(status)) return passed;
    if (passed > 1000) throw new Mismatch(allowed.join(' or '), `${status} after ${passed} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function refusedRefresh(configuration: openid.Configuration, refreshToken: string): Promise<string> {
  const refused = await openid.refreshTokenGrant(configuration, refreshToken).then(() => undefined, (error: unknown) => error as { readonly error?: string }); // prettier-ignore
  if (refused?.error !== 'invalid_grant') throw new Mismatch('invalid_grant', refused?.error ?? 'tokens');
  return refused.error;
}

/** The issuer's metadata, and openid-client set up as the client registered. */
async function discover({ tpp, issuer }: Player): Promise<openid.Configuration> {
  const authentication = tpp.authentication === 'private_key_jwt' ? openid.PrivateKeyJwt({ key: tpp.signing.key, kid: tpp.signing.kid }) : openid.TlsClientAuth();
  const configuration = await openid.discovery(new URL(issuer), tpp.clientId, { use_mtls_endpoint_aliases: true, ...tpp.metadata }, authentication, { algorithm: 'oauth2', [openid.customFetch]: tpp.fetch });
  if (tpp.decryption) openid.enableDecryptingResponses(configuration, ['A256GCM', 'A128CBC-HS256'], { key: tpp.decryption.key, kid: tpp.decryption.kid, alg: tpp.decryption.alg });
  return configuration;
}

function factsOf({ tpp, issuer, base, customer, now }: Player, configuration: openid.Configuration): JourneyFacts {
  const metadata = configuration.serverMetadata();
  const endpoint = (member: string): string => {
    const url: unknown = metadata.mtls_endpoint_aliases?.[member] ?? metadata[member];
    if (typeof url !== 'string') throw new Mismatch(`${member} in the metadata`, 'none');
    return url;
  };
  return { endpoint, clientId: tpp.clientId, organisationId: tpp.organisationId, issuer, base, consent: undefined, customer, answers: {}, now: now(), uuid: () => randomUUID() };
}

const jwksOf = (configuration: openid.Configuration): string => configuration.serverMetadata().jwks_uri ?? '';

const clientToken = async (configuration: openid.Configuration, scope: string): Promise<string> => (await openid.clientCredentialsGrant(configuration, { scope })).access_token;

interface Lodging {
  readonly configuration: openid.Configuration;
  readonly facts: JourneyFacts;
  readonly token: string | undefined;
}

async function lodge({ tpp, tell }: Player, step: LodgeStep, { configuration, facts, token }: Lodging): Promise<{ readonly name: string; readonly answer: unknown }> {
  const { body } = await tell(step.says, () => expectStep(step, { tpp, jwksUri: jwksOf(configuration), facts, token }), (answer) => step.consent(answer.body));
  return { name: step.consent(body), answer: body };
}

/** The signed request and what its answer is judged by. */
async function ask({ tpp }: Player, configuration: openid.Configuration, step: AuthorizationStep): Promise<{ readonly url: URL; readonly checks: openid.AuthorizationCodeGrantChecks }> {
  const [state, nonce, verifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()];
  const pkce = step.way === 'pushed' ? { code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' } : {};
  if (step.responseType === 'code id_token') {
    openid.useCodeIdTokenResponseType(configuration);
    openid.enableDetachedSignatureResponseChecks(configuration);
  }
  if (step.responseMode === 'jwt') openid.useJwtResponseMode(configuration);
  const parameters = { redirect_uri: tpp.redirectUri, response_type: step.responseType, ...(step.responseMode && { response_mode: step.responseMode }), state, nonce, ...pkce, ...step.parameters };
  const signed = await openid.buildAuthorizationUrlWithJAR(configuration, parameters, { key: tpp.signing.key, kid: tpp.signing.kid });
  const checks = { expectedState: state, expectedNonce: nonce, idTokenExpected: true, ...(step.way === 'pushed' && { pkceCodeVerifier: verifier }) };
  if (step.way === 'value') return { url: signed, checks };
  return { url: await openid.buildAuthorizationUrlWithPAR(configuration, new URLSearchParams({ request: signed.searchParams.get('request') ?? '' })), checks };
}
