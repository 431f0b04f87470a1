import { JwsError, KeySetError, parseJws, verifyJws } from '@assent/crypto';
import { directoryRecordType, readDirectoryRecord, type DirectoryRecord, type ParticipantsPage } from '@assent/markets';
import type { StatementIssuer } from '@assent/config';
import { OutboundError } from '@assent/http';
import { isStorable, temporarilyUnavailable, type OAuthError } from '@assent/protocol';
import { statementIssuerOf, type RegistrationSite } from './call.js';
import { unstorable } from './software-statement.js';

/** What a directory says is unknown at the moment. */
const unreachable = (cause: unknown): OAuthError => temporarilyUnavailable('the directory cannot be asked at the moment', 'ASSENT-DCR-17', cause);

/** The directory's record of a software; `undefined` when it knows none. `temporarily_unavailable` when it cannot be asked, or its answer not be proved. */
export async function softwareRecord(site: RegistrationSite, directory: StatementIssuer, softwareId: string): Promise<DirectoryRecord | undefined> {
  try {
    const { body } = await site.engine.fetchRecord(recordUrl(site, directory, softwareId));
    return await provenRecord(site, body, softwareId);
  } catch (cause) {
    if (cause instanceof OutboundError && cause.message === notFound) return undefined;
    throw unreachable(cause);
  }
}

/** In a market, its roles there. */
function recordUrl({ issuer }: RegistrationSite, { apiUrl = '' }: StatementIssuer, softwareId: string): string {
  const market = issuer.config.market?.name;
  return `${apiUrl}/software/${encodeURIComponent(softwareId)}${market === undefined ? '' : `?market=${encodeURIComponent(market)}`}`;
}

const notFound = 'the answer has status 404';

/** A record proved by the key of the directory that its `iss` names, which must be trusted here. Throws when it is not. */
async function provenRecord(site: RegistrationSite, compact: string, softwareId?: string): Promise<DirectoryRecord> {
  const jws = parseJws(compact.trim());
  if (jws.header.typ !== directoryRecordType) throw new JwsError('malformed', `typ must be ${directoryRecordType}`);
  const iss = String(jws.payload()['iss']);
  const directory = statementIssuerOf(site, iss);
  if (!directory) throw new JwsError('key', 'iss is no directory that is trusted here');
  const { claims } = await verifyJws(compact.trim(), { algs: directory.algs, keys: (header) => site.engine.clientKeys.find({ jwks_uri: directory.jwksUri }, header) });
  if (!isStorable(claims)) throw new JwsError('malformed', `it ${unstorable}`);
  return readDirectoryRecord(claims, { issuer: iss, now: site.engine.clock.now(), clockSkew: site.issuer.policy.clockSkew, ...(softwareId !== undefined && { softwareId }) });
}

/** A directory that names page after page must end some day. */
const mostPages = 1_000;

/** Every record of a list of participants, page by page. Throws when any page or record cannot be proved: half a list is none. */
export async function participants(site: RegistrationSite, url: string): Promise<readonly DirectoryRecord[]> {
  const records: DirectoryRecord[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const address = new URL(url);
    if (after !== undefined) address.searchParams.set('after', after);
    const { body } = await site.engine.fetchJson(address.href);
    const { participants: listed, next } = pageOf(body);
    for (const compact of listed) records.push(await provenRecord(site, compact));
    if (next === undefined) return records;
    after = next;
  }
  throw new Error('the list of participants has no end');
}

function pageOf(body: unknown): ParticipantsPage {
  const { participants: listed, next } = (body ?? {}) as Partial<Record<keyof ParticipantsPage, unknown>>;
  if (!Array.isArray(listed) || !listed.every((one): one is string => typeof one === 'string')) throw new Error('the list of participants is malformed');
  if (next !== undefined && (typeof next !== 'string' || next === '')) throw new Error('next of the list of participants is malformed');
  return { participants: listed, ...(next !== undefined && { next }) };
}

/** Why a directory could not be asked, for the log: never what it answered. */
export const reasonOf = (error: unknown): string => (error instanceof OutboundError || error instanceof JwsError || error instanceof KeySetError ? error.message : 'the answer could not be used');
