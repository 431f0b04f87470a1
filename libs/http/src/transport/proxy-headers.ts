import type { ProxyConfig } from '@assent/config';
import { parseItem, parseList } from 'structured-headers';

/** A certificate as a proxy wrote it down: the client's own, then what the client sent to link it to a root. */
export interface ForwardedCertificate {
  readonly leaf: Buffer;
  readonly intermediates: readonly Buffer[];
}

type Dialect = Exclude<ProxyConfig['clientCertificateHeader'], 'none'>;

interface Reader {
  readonly header: string;
  readonly chainHeader?: string;
  /** Throws when the text is not what the proxy would write. */
  read(value: string, chain: string | undefined): ForwardedCertificate;
}

export const certificateReaders: Readonly<Record<Dialect, Reader>> = {
  rfc9440: { header: 'client-cert', chainHeader: 'client-cert-chain', read: readRfc9440 },
  nginx: { header: 'ssl-client-cert', read: (value) => fromPem(decodeURIComponent(value)) },
  envoy: { header: 'x-forwarded-client-cert', read: readEnvoy },
  haproxy: { header: 'x-ssl-client-der', chainHeader: 'x-ssl-client-chain-der', read: readHaproxy },
};

/** Every header that claims a client certificate in some dialect: from anybody but the proxy it is an attack. */
export const certificateHeaders: readonly string[] = Object.values(certificateReaders).flatMap(({ header, chainHeader }) => (chainHeader ? [header, chainHeader] : [header]));

/** RFC 9440 section 2: `Client-Cert` is an sf-binary, `Client-Cert-Chain` a list of them, nearest issuer first. */
function readRfc9440(value: string, chain: string | undefined): ForwardedCertificate {
  const [leaf] = parseItem(value);
  const intermediates = chain === undefined ? [] : parseList(chain).map(([item]) => binary(item));
  return { leaf: binary(leaf), intermediates };
}

function binary(item: unknown): Buffer {
  if (!(item instanceof ArrayBuffer)) throw new Error('not a byte sequence');
  return Buffer.from(item);
}

/** `x-ssl-client-der: %[ssl_c_der,base64]`, and the chain as concatenated DER (`ssl_c_chain_der`). */
function readHaproxy(value: string, chain: string | undefined): ForwardedCertificate {
  return { leaf: base64(value), intermediates: chain ? splitDer(base64(chain)) : [] };
}

function base64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new Error('not base64');
  return Buffer.from(text, 'base64');
}

function splitDer(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    // A certificate is a SEQUENCE of 128 to 65535 bytes: 30 81 nn or 30 82 nn nn.
    const header = rest[1] === 0x82 ? 4 : 3;
    if (rest[0] !== 0x30 || rest.length < header) throw new Error('not DER certificates');
    const length = header + (header === 4 ? rest.readUInt16BE(2) : rest.readUInt8(2));
    if (rest.length < length) throw new Error('cut short');
    parts.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return parts;
}

/**
 * Envoy's `x-forwarded-client-cert`: elements separated by commas, each of `Key=value` pairs separated by semicolons,
 * values quoted where needed. The last element is the one the proxy before us appended.
 */
function readEnvoy(value: string): ForwardedCertificate {
  const element = splitQuoted(value, ',').at(-1) ?? '';
  const pairs = new Map<string, string>();
  for (const pair of splitQuoted(element, ';')) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim().toLowerCase();
    if (at < 1) throw new Error('not a key and value');
    // URI, DNS may repeat; Cert and Chain may not.
    if (pairs.has(key) && (key === 'cert' || key === 'chain')) throw new Error(`${key} repeated`);
    pairs.set(key, unquoted(pair.slice(at + 1).trim()));
  }
  const certificate = pairs.get('cert');
  const chain = pairs.get('chain');
  const whole = chain === undefined ? undefined : fromPem(decodeURIComponent(chain));
  const leaf = certificate === undefined ? whole : fromPem(decodeURIComponent(certificate));
  // A hash alone says that there was a certificate, not which: Envoy must be told to forward `cert`.
  if (leaf === undefined) throw new Error('neither Cert nor Chain');
  return { leaf: leaf.leaf, intermediates: (whole ?? leaf).intermediates };
}

function splitQuoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (quoted && text[i] === '\\') i += 1;
    else if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === separator) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (quoted) throw new Error('unterminated quote');
  parts.push(text.slice(start));
  return parts;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

/** One or more PEM certificates, the leaf first. */
function fromPem(text: string): ForwardedCertificate {
  const [leaf, ...intermediates] = [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)].map(([, body]) => Buffer.from(body ?? '', 'base64'));
  if (leaf === undefined) throw new Error('no PEM certificate');
  return { leaf, intermediates };
}
