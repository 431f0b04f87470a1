import type { FetchJson, KeysById } from '@assent/crypto';
import { MessageSigner, resourceKeys } from '@assent/http-signatures';
import { systemClock } from '@assent/protocol';
import { fetch as undiciFetch, type Agent } from 'undici';
import type { DemoClient } from './demo-client.js';

/** Signs what a client sends to the bank's API, and proves what comes back. */
export interface MessageSignatures {
  readonly signer: MessageSigner;
  /** Whether this request is one of those: to the API, with an access token. */
  covers(url: string, headers: Readonly<Record<string, string>>): boolean;
}

/** For clients that sign their requests; `undefined` for others. */
export function messageSignatures({ key, signsMessages }: DemoClient, { plain, resource }: { readonly plain: Agent; readonly resource: string }): MessageSignatures | undefined {
  if (!signsMessages) return undefined;
  return {
    signer: new MessageSigner({ key, keys: keysOf(resource, plain), clock: systemClock }),
    covers: (url, headers) => (url === resource || url.startsWith(`${resource}/`)) && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization'),
  };
}

const known = new WeakMap<Agent, KeysById>();

/** The API's published keys, asked for once for all clients. */
function keysOf(resource: string, plain: Agent): KeysById {
  const fetchJson: FetchJson = async (url) => {
    const response = await undiciFetch(url, { dispatcher: plain, redirect: 'error' });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return { body: await response.json(), maxAgeSeconds: undefined };
  };
  const keys = known.get(plain) ?? resourceKeys(resource, fetchJson, systemClock);
  known.set(plain, keys);
  return keys;
}
