import { isUtf8 } from 'node:buffer';
import { JwsError, KeySetError, parseDetachedJws, parseJws, parseStrictJson, verifyDetachedJws, verifyJws, type ClientKeys } from '@assent/crypto';
import { MarketRefusal, type BodyRules, type DetachedSignatureRules } from '@assent/markets';
import { Form, isStorable, sha256, type Client, type SigningAlg, type SpentMessages } from '@assent/protocol';
import { organisationOf, type Admitted } from './admission.js';
import type { MarketCall, MarketSite } from './call.js';

export interface ContentPorts {
  readonly clientKeys: ClientKeys;
  readonly spentMessages: SpentMessages;
}

type Body = Readonly<Record<string, unknown>>;
interface Refused {
  readonly status: number;
  readonly code: string;
}

const asMalformed: Refused = { status: 400, code: 'invalid_request' };

/**
 * The body of a call by the rules of its route: JSON, a form, or the claims of a JWS the client signed, with the `jti`
 * spent; and its detached signature, where it has one. `MarketRefusal` with the market's codes.
 */
export async function readContent(site: MarketSite, rules: BodyRules, call: MarketCall, { client }: Admitted, ports: ContentPorts): Promise<Body> {
  const bytes = call.body ?? Buffer.alloc(0);
  verifyMediaType(rules, call);
  if (rules.detachedSignature) await verifyDetached(site, rules, rules.detachedSignature, call, client, ports);
  if (rules.as === 'jwt') return readSigned(site, rules, call, client, ports);
  return rules.as === 'form' ? formOf(bytes, rules) : jsonOf(bytes, rules);
}

const mediaTypes: Readonly<Record<BodyRules['as'], readonly string[]>> = { json: ['application/json'], form: ['application/x-www-form-urlencoded'], jwt: ['application/jwt', 'application/jose'] };

function verifyMediaType({ as }: BodyRules, { message }: MarketCall): void {
  const [type = '', ...parameters] = (message.headers['content-type'] ?? '').toLowerCase().split(';');
  const known = mediaTypes[as].includes(type.trim()) && parameters.every((one) => !/^\s*charset\s*=/.test(one) || /=\s*"?utf-8"?\s*$/.test(one));
  if (!known) throw new MarketRefusal(415, 'invalid_request', `the body must be ${mediaTypes[as].join(' or ')} in UTF-8`, 'ASSENT-HTTP-02');
}

function jsonOf(bytes: Buffer, { malformed = asMalformed }: BodyRules): Body {
  const value = isUtf8(bytes) ? parseStrictJson(bytes.toString('utf8'))?.value : undefined;
  if (!isStorable(value)) throw refusal(malformed, 'the body holds text that is not Unicode, or NUL, or is nested too deeply', 'ASSENT-RS-04');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal(malformed, 'the body must be one JSON object in UTF-8 that names no member twice', 'ASSENT-RS-04');
  return value as Body;
}

function formOf(bytes: Buffer, { malformed = asMalformed }: BodyRules): Body {
  const names = [...new Set(new URLSearchParams(bytes.toString('utf8')).keys())];
  const form = Form.parse(bytes.toString('utf8'));
  const repeated = names.find((name) => form.all(name).length > 1);
  if (!isUtf8(bytes) || repeated !== undefined) throw refusal(malformed, 'the body must be a form in UTF-8 that names no parameter twice', 'ASSENT-RS-04');
  return Object.fromEntries(names.map((name) => [name, form.all(name)[0]]));
}

/** RFC 7515; keys and algorithms are those the client registered, never those a header names. */
async function readSigned(site: MarketSite, rules: BodyRules, call: MarketCall, client: Client | undefined, { clientKeys, spentMessages }: ContentPorts): Promise<Body> {
  const { malformed = asMalformed, badSignature = malformed, replay } = rules;
  const compact = (call.body ?? Buffer.alloc(0)).toString('latin1').trim();
  const { header, claims } = await proved(badSignature, malformed, async () => {
    parseJws(compact).payload();
    return verifyJws(compact, { algs: algsOf(site, client), keys: (of) => (client ? clientKeys.find(client, of) : []) });
  });
  if (!isStorable(claims)) throw refusal(malformed, 'the claims hold text that is not Unicode, or NUL, or are nested too deeply', 'ASSENT-RS-04');
  const { clientId, organisationId } = factsOf(client);
  const fault = rules.verifyJwt?.({ header, claims }, { clientId, issuer: site.issuer.issuer, url: site.base + call.path, organisationId, now: call.now });
  if (fault !== undefined) throw refusal(badSignature, fault, 'ASSENT-MK-05');
  if (replay) {
    const { jti } = claims;
    if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw refusal(malformed, 'jti must be a text of 1 to 256 characters', 'ASSENT-MK-06');
    const hash = sha256(JSON.stringify(['message', site.issuer.issuer, clientId, jti]));
    const spent = await spentMessages.spend({ hash, expiresAt: new Date(call.now.getTime() + replay.seconds * 1000), now: call.now });
    if (spent === 'replayed') throw refusal(replay, 'the message was sent before: its jti is known', 'ASSENT-MK-06');
  }
  return claims;
}

async function verifyDetached(site: MarketSite, { badSignature = asMalformed }: BodyRules, rules: DetachedSignatureRules, call: MarketCall, client: Client | undefined, { clientKeys }: ContentPorts): Promise<void> {
  const { header: name, demand, missing = asMalformed, malformed = missing, critical = [] } = rules;
  const value = call.message.headers[name.toLowerCase()];
  if (value === undefined && demand === 'optional') return;
  if (value === undefined) throw refusal(missing, `the header ${name} is required`, 'ASSENT-MK-07', name);
  await proved(badSignature, malformed, async () => {
    const jws = parseDetachedJws(String(value), call.body ?? Buffer.alloc(0), { critical });
    const { clientId, organisationId } = factsOf(client);
    const fault = rules.verifyHeader?.(jws.header, { clientId, organisationId, jwksUri: client?.jwks_uri, now: call.now });
    if (fault !== undefined) throw refusal(badSignature, fault, 'ASSENT-MK-07', name);
    return verifyDetachedJws(jws, { algs: algsOf(site, client), keys: (of) => (client ? clientKeys.find(client, of) : []) });
  });
}

async function proved<T>(badSignature: Refused, malformed: Refused, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    if (error instanceof JwsError) throw refusal(error.reason === 'malformed' ? malformed : badSignature, error.message, 'ASSENT-MK-04');
    if (error instanceof KeySetError) throw refusal(badSignature, 'the registered keys cannot be read at the moment', 'ASSENT-MK-04');
    throw error;
  }
}

/** What a client registered for its request objects it signs its bodies with, else any its profile has. */
function algsOf({ issuer }: MarketSite, client: Client | undefined): readonly SigningAlg[] {
  const registered = client?.request_object_signing_alg;
  return registered === undefined ? issuer.policy.algs : [registered];
}

const factsOf = (client: Client | undefined) => ({ clientId: client?.client_id ?? '', organisationId: organisationOf(client) });

const refusal = ({ status, code }: Refused, description: string, rule: string, path?: string): MarketRefusal => new MarketRefusal(status, code, description, rule, path === undefined ? {} : { path });
