/** Header or trailer lines in the order they were sent, before anything folded or joined them. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** A request as its signature sees it. Scheme and authority are the public ones, not those behind a proxy (HS-SB-04). */
export interface HttpRequest {
  readonly method: string;
  readonly scheme: string;
  /** Host, and the port where it is not the scheme's own. */
  readonly authority: string;
  /** What stands on the request line: `/path?query`, an absolute URI, `host:port` (CONNECT) or `*`. */
  readonly target: string;
  readonly headers: Fields;
  readonly trailers?: Fields;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Fields;
  readonly trailers?: Fields;
}

export type HttpMessage = HttpRequest | HttpResponse;

export const isRequest = (message: HttpMessage): message is HttpRequest => 'method' in message;

/** Node's `rawHeaders` (name, value, name, value, …) as pairs. */
export function fieldsOf(rawHeaders: readonly string[]): Fields {
  const fields: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) fields.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  return fields;
}

/** A request to an absolute URL, as a client knows it before it is sent. Throws `TypeError` for anything but a URL. */
export function requestTo(url: string, method: string, headers: Fields): HttpRequest {
  const { protocol, host, pathname, search } = new URL(url);
  return { method, scheme: protocol.slice(0, -1), authority: host, target: pathname + search, headers };
}

/** The lines of one field, `name` in lower case. */
export const linesOf = (fields: Fields, name: string): string[] => fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);

export const hasField = (fields: Fields, name: string): boolean => fields.some(([each]) => each.toLowerCase() === name);
