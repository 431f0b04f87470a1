import { decodeBase64url } from '../base64url.js';
import { parseStrictObject, type JsonObject } from '../strict-json.js';
import type { ArtefactRecord } from './artefact.js';
import type { CheckedArtefact, CheckedLink } from './verify.js';

/** One line of who said what. */
export interface TimelineEntry {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly link: number;
  /** Algorithm and key, where something was signed. */
  readonly signature?: string;
}

/** The links and what was signed in each, by time, in words. */
export function timelineOf(links: readonly CheckedLink[]): readonly TimelineEntry[] {
  const asked = requestsIn(links);
  const entries = links.flatMap((link) => [...(link.artefacts.length === 0 ? [eventEntry(link)] : []), ...link.artefacts.map((one) => artefactEntry(one, link.sequence, asked))]);
  return entries.map((entry, index) => ({ entry, index })).sort((a, b) => a.entry.at.localeCompare(b.entry.at) || a.index - b.index).map(({ entry }) => entry);
}

/** Links of signed requests, by signature: an answer names the signature of the request it is bound to. */
const requestsIn = (links: readonly CheckedLink[]): ReadonlyMap<string, number> =>
  new Map(links.flatMap(({ sequence, artefacts }) => artefacts.flatMap(({ record }) => (record?.kind === 'http_request' && record.http ? [[record.http.signature, sequence] as const] : []))));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function eventEntry({ sequence, event }: CheckedLink): TimelineEntry {
  const { actor, type, at, version } = event;
  const { kind, id } = (actor ?? {}) as { readonly kind?: string; readonly id?: string };
  const of = typeof version === 'number' ? `, version ${version}` : '';
  return { at: text(at), who: [kind, id].filter(Boolean).join(' '), what: `${text(type)}${of}`, link: sequence };
}

function artefactEntry({ summary, record }: CheckedArtefact, link: number, asked: ReadonlyMap<string, number>): TimelineEntry {
  const who = `${summary.by.role.replace('_', ' ')} ${summary.by.id}`;
  if (!record) return { at: summary.at, who, what: `${words[summary.kind] ?? summary.kind} (no longer kept)`, link };
  return { at: summary.at, who, what: [words[record.kind] ?? record.kind, says(record, asked)].filter(Boolean).join(': '), link, signature: `${algOf(record)}, key ${record.key.thumbprint} (${record.key.source})` };
}

const words: Readonly<Record<string, string>> = {
  request_object: 'signed authorization request',
  authorization_response: 'signed authorization response',
  id_token: 'ID token',
  introspection_response: 'signed introspection answer',
  http_request: 'signed request',
  http_response: 'signed answer',
};

function algOf({ jws, http }: ArtefactRecord): string {
  return http?.alg ?? text(part(jws, 0)['alg']);
}

function says(record: ArtefactRecord, asked: ReadonlyMap<string, number>): string {
  if (record.http) return ofBase(record.http.base, asked);
  const claims = part(record.jws, 1);
  const told = (claims['token_introspection'] as JsonObject | undefined) ?? claims;
  const names = ['error', 'active', 'sub', 'client_id', 'scope', 'redirect_uri', 'acr'].filter((name) => told[name] !== undefined);
  const answered = claims['code'] === undefined ? [] : ['with a code'];
  const details = Array.isArray(told['authorization_details']) ? [`authorization_details ${JSON.stringify(told['authorization_details'])}`] : [];
  return [...answered, ...names.map((name) => `${name} ${String(told[name])}`), ...details].join(', ');
}

/** Of a signature base the method and address, or the status and what was answered. Tokens are left out. */
function ofBase(base: string, asked: ReadonlyMap<string, number>): string {
  const lines = new Map(base.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const));
  const value = (name: string): string => lines.get(`"${name}"`) ?? lines.get(`"${name}";req`) ?? '';
  const request = `${value('@method')} ${value('@target-uri')}`;
  const status = lines.get('"@status"');
  const digest = lines.get('"content-digest"');
  const [, signature = ''] = /=:([A-Za-z0-9+/=]+):/.exec(lines.get('"signature";req') ?? '') ?? [];
  const bound = asked.get(signature);
  const answered = status === undefined ? request : `${status} to ${request}${bound === undefined ? '' : ` of link ${bound}`}`;
  return `${answered}${digest === undefined ? '' : `, content ${digest}`}`;
}

function part(jws: string | undefined, index: number): JsonObject {
  const bytes = decodeBase64url(jws?.split('.')[index] ?? '');
  return (bytes && parseStrictObject(bytes)) ?? {};
}
