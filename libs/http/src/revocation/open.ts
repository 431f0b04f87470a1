import type { ListenerConfig, OutboundConfig, ProxyConfig, TlsConfig } from '@assent/config';
import type { AuditLog, Clock } from '@assent/protocol';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';
import type { Log } from '../log.js';
import { checkedUrl, outboundAgent } from '../outbound/fetch-json.js';
import { readPem } from '../tls.js';
import type { RevocationCheck } from './check.js';
import { fetchBytes } from './fetch-bytes.js';
import { RevocationGate, type GateOptions } from './gate.js';
import { RevocationLists } from './lists.js';
import { OcspCheck } from './ocsp-check.js';

export interface OpeningGate {
  readonly tls: TlsConfig;
  readonly server: { readonly publicUrl: string; readonly listeners: readonly ListenerConfig[]; readonly proxy: ProxyConfig | undefined };
  readonly outbound: OutboundConfig | undefined;
  readonly refuseAs: GateOptions['refuseAs'];
  readonly audit: Pick<AuditLog, 'append'> | undefined;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
}

const limits: OutboundConfig = { timeoutMs: 3000, maxBytes: 65_536, allowPrivateAddresses: [] };
/** Addresses of lists are the operator's own. */
const anyAddress = ['0.0.0.0/0', '::/0'];

/** What knows of revoked client certificates, and what lets requests in by it. `undefined` where nobody is asked, or no certificate comes. */
export async function openRevocationGate(opening: OpeningGate): Promise<{ readonly gate: RevocationGate; readonly ready: (() => Promise<void>) | undefined } | undefined> {
  const { tls, server, clock, log, audit, refuseAs } = opening;
  const config = tls.revocation;
  const takesCertificates = server.listeners.some(({ kind }) => kind === 'mtls') || (server.proxy?.clientCertificateHeader ?? 'none') !== 'none';
  if (!config || config.mode === 'off' || !takesCertificates) return undefined;
  const check = await (config.mode === 'crl' ? openLists(opening, config) : openOcsp(opening, config));
  const gate = new RevocationGate({ check, softFail: config.softFail, server: server.publicUrl, refuseAs, audit, clock, log });
  return { gate, ready: config.softFail ? undefined : () => check.ready() };
}

type Config = NonNullable<TlsConfig['revocation']>;

async function openLists({ tls, outbound = limits, registry, clock, log }: OpeningGate, config: Config): Promise<RevocationCheck> {
  const agent = outboundAgent({ ...outbound, allowPrivateAddresses: anyAddress }, tls.serverAuthorityFiles);
  const read = (source: string): Promise<Buffer> => (source.startsWith('https://') ? fetchBytes(checkedUrl(source), agent, outbound) : readFile(source));
  const lists = await RevocationLists.open({ config, authorities: authoritiesOf(tls), read, clock, log });
  const measure = (name: string, help: string, of: 'seconds' | 'entries'): void => {
    const collect = function (this: Gauge<'list'>): void {
      for (const one of lists.ages()) this.set({ list: one.list }, one[of]);
    };
    new Gauge({ name, help, labelNames: ['list'] as const, registers: [registry], collect });
  };
  measure('assent_revocation_list_age_seconds', 'Time since a revocation list was made.', 'seconds');
  measure('assent_revocation_list_entries', 'Certificates a revocation list names.', 'entries');
  return { judge: (chain) => lists.judge(chain), ready: () => lists.ready(), close: async () => { await lists.close(); await agent.destroy(); } }; // prettier-ignore
}

async function openOcsp({ tls, outbound = limits, clock, log }: OpeningGate, config: Config): Promise<RevocationCheck> {
  // Answers are signed: most authorities give them over plain HTTP.
  const agent = outboundAgent(outbound, tls.serverAuthorityFiles, { allowPlain: true });
  const ask = (url: string, body: Buffer): Promise<Buffer> => fetchBytes(new URL(url), agent, outbound, { body, type: 'application/ocsp-request', accept: 'application/ocsp-response' });
  const check = await OcspCheck.open({ config, authorities: authoritiesOf(tls), ask, clock, log });
  return { judge: (chain) => check.judge(chain), ready: () => check.ready(), close: async () => { await check.close(); await agent.destroy(); } }; // prettier-ignore
}

function authoritiesOf({ clientAuthorityFiles }: TlsConfig): readonly X509Certificate[] {
  const pems = clientAuthorityFiles.map((file) => readPem(file, 'tls.clientAuthorityFiles', 'client certificate check'));
  return pems.flatMap((pem) => (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) => new X509Certificate(block)));
}
