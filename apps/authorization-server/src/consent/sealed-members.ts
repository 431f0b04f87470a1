import { decryptToJws, JweError, JwsError, looksEncrypted, verifyJws } from '@assent/crypto';
import { Form, invalidAuthorizationDetails, type Client } from '@assent/protocol';
import type { MarketDetailType } from '@assent/markets';
import { detailsParameter } from '../request/authorization-details.js';
import type { AuthorizationCall } from '../request/call.js';

type Sealed = NonNullable<MarketDetailType['sealed']>;
type Members = Record<string, unknown>;

/**
 * The request with those members of `authorization_details` opened that its market lets arrive sealed: a JWE to this
 * server around a JWS by the client (RFC 7519 section 5.2). What is inside is judged by the type's schema, like all the
 * rest. `invalid_authorization_details` for one that cannot be opened or is not the client's.
 */
export async function openSealed(call: AuthorizationCall, client: Client): Promise<Form> {
  const { form, issuer } = call;
  const sealing = new Map(issuer.config.market?.details.flatMap(({ type, sealed }) => (sealed ? [[type, sealed] as const] : [])));
  if (sealing.size === 0 || !form.has('authorization_details')) return form;
  const details = detailsParameter(form);
  if (!Array.isArray(details)) return form;
  const opened = await Promise.all(details.map((detail: unknown, index) => openDetail(call, client, detail, { sealing, index })));
  const others = form.names().filter((name) => name !== 'authorization_details').flatMap((name) => form.all(name).map((value) => [name, value] as const)); // prettier-ignore
  return Form.of([...others, ['authorization_details', JSON.stringify(opened)]]);
}

async function openDetail(call: AuthorizationCall, client: Client, detail: unknown, { sealing, index }: { readonly sealing: ReadonlyMap<string, Sealed>; readonly index: number }): Promise<unknown> {
  const sealed = isObject(detail) && typeof detail['type'] === 'string' ? sealing.get(detail['type']) : undefined;
  if (!sealed) return detail;
  const compact = sealed.path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), detail);
  if (typeof compact !== 'string' || !looksEncrypted(compact)) return detail;
  const claims = await open(call, client, compact, `authorization_details[${index}].${sealed.path.join('.')}`);
  return replaced(detail as Members, sealed.path, sealed.contents(claims));
}

async function open({ engine, issuer }: AuthorizationCall, client: Client, compact: string, where: string): Promise<Readonly<Members>> {
  const { encryptionAlgs: algs, contentEncryptionAlgs: contentAlgs, requestObjectAlgs } = issuer.policy;
  try {
    const jws = await decryptToJws(compact, { algs, contentAlgs, keys: issuer.keys.decrypting() });
    const { claims } = await verifyJws(jws, { algs: requestObjectAlgs, keys: (header) => engine.clientKeys.find(client, header) });
    return claims;
  } catch (cause) {
    if (cause instanceof JweError || cause instanceof JwsError) throw invalidAuthorizationDetails(`${where} must be a JWE to this server around a JWS by the client: ${cause.message}`, 'ASSENT-RAR-01', cause);
    throw cause;
  }
}

function replaced(detail: Readonly<Members>, [name = '', ...rest]: readonly string[], value: unknown): Members {
  return { ...detail, [name]: rest.length === 0 ? value : replaced(detail[name] as Members, rest, value) };
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
