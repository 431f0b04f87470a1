import type { AssentConfig } from '@assent/config';
import { Agent, fetch } from 'undici';
import { outboundAgent } from './fetch-json.js';

const anyAddress = ['0.0.0.0/0', '::/0'];

export interface OperatorFetch {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Other addresses for some origins: the authorization server inside the own network, where one is configured. */
  readonly origins: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  close(): Promise<void>;
}

/** Calls to the configured issuers. Their addresses come from the operator, so internal ones are as good as any. */
export function operatorFetch({ outbound, tls, authorizationServer }: Pick<AssentConfig, 'outbound' | 'tls' | 'authorizationServer'>): OperatorFetch {
  const { timeoutMs, maxBytes, authorizationServerUrl } = outbound;
  const plain = authorizationServerUrl?.startsWith('http:') ?? false;
  const dispatcher = plain ? new Agent() : outboundAgent({ ...outbound, allowPrivateAddresses: anyAddress }, tls.serverAuthorityFiles);
  return {
    // undici's fetch and agent are one version; the global ones are another.
    fetch: (url, init) => fetch(url, { ...(init as object), dispatcher }) as unknown as Promise<Response>,
    origins: authorizationServerUrl === undefined ? {} : { [authorizationServer.publicUrl]: authorizationServerUrl },
    timeoutMs,
    maxBytes,
    close: () => dispatcher.destroy(),
  };
}
