import type { Client, ContentEncryptionAlg, EncryptionAlg, PublicJwk, SigningAlg, SigningAlgName } from '@assent/protocol';
import { cibaGrantType } from '../ciba.js';
import type { Policy } from '../policy.js';
import { isJarmMode } from '../response-mode.js';
import { demandOn } from '../rules/request-object.js';
import { mustSignResponses } from '../rules/signed-response.js';
import type { IssuerForClients } from './issuer-for-clients.js';
import { isHttpsUrl, oneOf, type Members } from './members.js';
import { InWords, type Findings } from './problem.js';

type Requests = Pick<Client, 'require_pushed_authorization_requests' | 'require_signed_request_object' | 'request_object_signing_alg' | 'request_object_encryption_alg' | 'request_object_encryption_enc' | 'request_uris'>;
type Responses = Pick<Client, 'response_modes' | 'authorization_signed_response_alg' | 'authorization_encrypted_response_alg' | 'authorization_encrypted_response_enc'>;
type IdTokens = Pick<Client, 'id_token_encrypted_response_alg' | 'id_token_encrypted_response_enc'>;
type Introspection = Pick<Client, 'introspection_encrypted_response_alg' | 'introspection_encrypted_response_enc'>;
type Keys = Pick<Client, 'jwks' | 'jwks_uri'>;

/** How the client signs its requests (RFC 9101 section 10.5, OpenID Connect Registration section 2). */
export function judgeRequests(members: Members, policy: Policy, findings: Findings): Requests {
  const signed = judgeSigned(members, policy, findings);
  const used = policy.requestObject !== 'off';
  const algs = used ? policy.requestObjectAlgs : [];
  const alg = members.choice<SigningAlg>('request_object_signing_alg', algs, findings.clauseOf('requestObjectAlgs', 'FAPI 2.0 SP 5.4.1-1'));
  const encryption = judgeEncryption(members, 'request_object_encryption', used ? policy.requestObjectEncryption !== 'off' : false, policy, findings);
  const uris = judgeRequestUris(members, policy, findings);
  const signs = used && demandOn(policy.requestObject, signed) && members.raw('token_endpoint_auth_method') !== 'none';
  if (signs && members.raw('jwks') === undefined && members.raw('jwks_uri') === undefined && !findings.problems.some(({ path }) => path[0] === 'jwks') && asksForCodes(members)) {
    findings.problem(['jwks'], 'jwks or jwks_uri (the client signs its requests)', undefined, 'RFC 9101 section 6.2');
  }
  const pushed = members.flagIfGiven('require_pushed_authorization_requests', 'RFC 9126 section 6');
  return {
    ...(pushed && { require_pushed_authorization_requests: pushed }),
    ...(signed !== undefined && { require_signed_request_object: signed }),
    ...(alg && { request_object_signing_alg: alg }),
    ...(encryption.alg && { request_object_encryption_alg: encryption.alg }),
    ...(encryption.enc && { request_object_encryption_enc: encryption.enc }),
    ...(uris && uris.length > 0 && { request_uris: uris }),
  };
}

const asksForCodes = (members: Members): boolean => {
  const grants = members.raw('grant_types');
  return !Array.isArray(grants) || grants.includes('authorization_code');
};

function judgeSigned(members: Members, { requestObject }: Policy, findings: Findings): boolean | undefined {
  const clause = 'RFC 9101 section 10.5';
  const signed = members.flagIfGiven('require_signed_request_object', clause);
  if (signed === true && requestObject === 'off') return findings.problem(['require_signed_request_object'], 'false (this issuer takes no request objects)', true, clause);
  if (signed === false && requestObject === 'required') return findings.problem(['require_signed_request_object'], 'true (this issuer asks everybody for it)', false, clause);
  return signed;
}

function judgeRequestUris(members: Members, { requestObject, requestObjectBy }: Policy, findings: Findings): readonly string[] | undefined {
  const clause = 'RFC 9101 section 5.2; OpenID Connect Registration section 2';
  const uris = members.texts('request_uris', clause);
  if (uris === undefined || uris.length === 0) return undefined;
  if (requestObject === 'off' || !requestObjectBy.includes('registered-uri')) return findings.problem(['request_uris'], 'none (this issuer fetches no request objects)', uris, clause);
  uris.forEach((uri, index) => {
    if (!isHttpsUrl(uri)) findings.problem(['request_uris', index], 'an https URL', uri, clause);
  });
  return uris;
}

/** How responses to the client are signed and encrypted (JARM section 3, FAPI 2.0 Message Signing 5.3.3). */
export function judgeResponses(members: Members, policy: Policy, issuer: IssuerForClients, keys: Keys, findings: Findings): Responses {
  const clause = findings.clauseOf('responseModes', 'FAPI 2.0 Message Signing 5.3.3');
  const modes = members.texts('response_modes', 'FAPI 2.0 Message Signing 5.3.3');
  modes?.forEach((mode, index) => {
    if (!policy.responseModes.includes(mode)) findings.problem(['response_modes', index], oneOf(policy.responseModes), mode, clause);
  });
  if (modes?.length === 0) findings.problem(['response_modes'], 'at least one response mode', [], 'FAPI 2.0 Message Signing 5.3.3');
  const jarm = policy.responseModes.some(isJarmMode);
  const algs = jarm ? issuer.signingAlgs.filter((alg) => policy.responseAlgs.includes(alg)) : [];
  const named = members.choice<SigningAlgName>('authorization_signed_response_alg', algs, `JARM section 3; ${findings.clauseOf('responseAlgs', 'FAPI 2.0 SP 5.4.1-1')}`);
  const encryption = judgeEncryption(members, 'authorization_encrypted_response', policy.responseEncryption !== 'off', policy, findings);
  judgeEncryptionKey('authorization_encrypted_response_alg', encryption.alg, keys, findings);
  // Whoever says how its responses are signed wants them signed, also where it names no modes.
  const wanted = modes ?? (named && policy.signedResponse === 'optional' ? policy.responseModes.filter(isJarmMode) : undefined);
  const alg = named ?? algs[0];
  const client = wanted ? { response_modes: wanted } : {};
  return {
    ...client,
    ...(alg && { authorization_signed_response_alg: alg }),
    ...(encryption.alg && (jarm || mustSignResponses(client, policy)) && { authorization_encrypted_response_alg: encryption.alg, authorization_encrypted_response_enc: encryption.enc ?? usualEncryption(policy) }),
  };
}

/** Whether and how the client's ID tokens are encrypted (OpenID Connect Registration section 2). */
export function judgeIdTokenEncryption(members: Members, policy: Policy, keys: Keys, findings: Findings): IdTokens {
  const { alg, enc } = judgeEncryption(members, 'id_token_encrypted_response', policy.idTokenEncryption !== 'off', policy, findings);
  judgeEncryptionKey('id_token_encrypted_response_alg', alg, keys, findings);
  const front = members.texts('response_types')?.some((type) => type.split(' ').includes('id_token')) ?? false;
  const grants = members.texts('grant_types') ?? ['authorization_code'];
  const needed = (policy.idTokenEncryption === 'required' && grants.some((grant) => grant === 'authorization_code' || grant === cibaGrantType)) || (policy.idTokenEncryption === 'front-channel' && front);
  if (needed && alg === undefined && members.raw('id_token_encrypted_response_alg') === undefined) {
    findings.problem(['id_token_encrypted_response_alg'], `${oneOf(policy.encryptionAlgs)} (ID tokens are encrypted here)`, undefined, 'FAPI 1.0 Advanced 5.2.2.1');
  }
  return alg ? { id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc ?? usualEncryption(policy) } : {};
}

/** What a client that names no content encryption gets: the default of the registration specifications, where the policy has it. */
const usualEncryption = ({ contentEncryptionAlgs: [first = 'A128CBC-HS256', ...others] }: Policy): ContentEncryptionAlg => (others.includes('A128CBC-HS256') ? 'A128CBC-HS256' : first);

/** How answers about tokens are encrypted to a resource server (RFC 9701 section 6): signed first, always. */
export function judgeIntrospectionEncryption(members: Members, policy: Policy, keys: Keys, findings: Findings): Introspection {
  const { alg, enc } = judgeEncryption(members, 'introspection_encrypted_response', policy.encryptionAlgs.length > 0, policy, findings);
  judgeEncryptionKey('introspection_encrypted_response_alg', alg, keys, findings);
  return alg ? { introspection_encrypted_response_alg: alg, introspection_encrypted_response_enc: enc ?? usualEncryption(policy) } : {};
}

interface Encryption {
  readonly alg: EncryptionAlg | undefined;
  readonly enc: ContentEncryptionAlg | undefined;
}

/** `<name>_alg` and `<name>_enc`; the second means nothing without the first. RSA1_5 is in no list (F1A-AS-12). */
function judgeEncryption(members: Members, name: string, supported: boolean, policy: Policy, findings: Findings): Encryption {
  const clause = 'OpenID Connect Registration section 2; FAPI 1.0 Advanced 8.6.1';
  if (!supported) {
    for (const part of ['alg', 'enc']) {
      const value = members.raw(`${name}_${part}`);
      if (value !== undefined) findings.problem([`${name}_${part}`], 'no such member (not supported by this issuer)', value, clause);
    }
    return { alg: undefined, enc: undefined };
  }
  const alg = members.choice<EncryptionAlg>(`${name}_alg`, policy.encryptionAlgs, clause);
  const enc = members.choice<ContentEncryptionAlg>(`${name}_enc`, policy.contentEncryptionAlgs, clause);
  if (enc !== undefined && members.raw(`${name}_alg`) === undefined) findings.problem([`${name}_alg`], `an algorithm beside ${name}_enc`, undefined, clause);
  return { alg, enc };
}

const keyTypes: Readonly<Record<EncryptionAlg, string>> = { 'RSA-OAEP': 'RSA', 'RSA-OAEP-256': 'RSA', 'ECDH-ES': 'EC' };

function judgeEncryptionKey(member: string, alg: EncryptionAlg | undefined, { jwks, jwks_uri }: Keys, findings: Findings): void {
  if (alg === undefined || jwks_uri !== undefined || findings.problems.some(({ path }) => path[0] === 'jwks')) return;
  if (jwks?.keys.some((key) => encryptsUnder(key, alg))) return;
  findings.problem(['jwks', 'keys'], `at least one encryption key for ${alg} (${member})`, new InWords('none'), 'OpenID Connect Registration section 2');
}

const encryptsUnder = (key: PublicJwk, alg: EncryptionAlg): boolean =>
  key.kty === keyTypes[alg] && (key.kty !== 'EC' || key.crv === 'P-256') && key.use !== 'sig' && (key.alg === undefined || key.alg === alg);
