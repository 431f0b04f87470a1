import { parseItem } from 'structured-headers';
import { identifierOf, readComponent } from './component.js';
import { componentValue } from './component-value.js';
import { signatureBase } from './signature-base.js';
import type { Fields, HttpMessage, HttpRequest } from './message.js';
import { vectors } from './spec-support/vectors.js';
import type { StructuredType } from './structured-field.js';

interface Published {
  readonly examples: readonly { readonly section: string; readonly http: readonly string[]; readonly scheme?: string; readonly lines: readonly string[] }[];
}
const { examples } = vectors<Published>('rfc9421-component-values');

const structuredTypes: Record<string, StructuredType> = { 'example-dict': 'dictionary' };

/** A message out of the lines the RFC prints. */
function messageOf(http: readonly string[], scheme = 'https'): HttpMessage {
  const [first = '', ...rest] = http;
  const start = /HTTP\/1\.1/.test(first);
  const headers: [string, string][] = [];
  const trailers: [string, string][] = [];
  let into = headers;
  for (const line of start ? rest : http) {
    if (line === '') into = trailers;
    else if (/^\s/.test(line)) into.at(-1)![1] += `\r\n${line}`;
    else if (line.includes(':')) into.push([line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]);
  }
  const status = /^HTTP\/1\.1 (\d+)/.exec(first)?.[1];
  if (status !== undefined) return { status: Number(status), headers, trailers };
  const [method = 'GET', target = '/'] = start ? first.split(' ') : [];
  const authority = headers.find(([name]) => name === 'Host')?.[1].trim() ?? 'www.example.com';
  return { method, target, scheme, authority, headers };
}

describe('component values of RFC 9421', () => {
  const table = examples.flatMap(({ section, http, scheme, lines }) => lines.map((line) => [section, line, messageOf(http, scheme)] as const));
  it.each(table)('section %s: %s', (_, line, message) => {
    const end = line.indexOf(': ', line.lastIndexOf('"', line.indexOf(': ')) > 0 ? line.search(/[")a-z]: (?!=)/) : 0);
    const component = readComponent(parseItem(line.slice(0, end)));
    expect(`${identifierOf(component)}: ${componentValue(component, message, { structuredTypes })}`).toBe(line);
  });
});

const request: HttpRequest = { method: 'POST', scheme: 'https', authority: 'Rs.Example:443', target: '/a?b=1&b=2&c', headers: [['A', '1'], ['B', 'é']] };
const of = (text: string) => readComponent(parseItem(text));

describe('componentValue', () => {
  it.each([
    ['"@authority"', 'rs.example'],
    ['"@target-uri"', 'https://rs.example/a?b=1&b=2&c'],
    ['"@query-param";name="c"', ''],
    ['"b";bs', ':6Q==:'],
  ])('%s is %s', (component, value) => {
    expect(componentValue(of(component), request)).toBe(value);
  });

  it.each([
    ['an absolute target', 'https://other.example?x=1', '/', '?x=1'],
    ['a path alone', '/only', '/only', '?'],
    ['percent-encoding, which stays', '/%7Ea?%20', '/%7Ea', '?%20'],
  ])('takes apart %s', (_, target, path, query) => {
    expect(componentValue(of('"@path"'), { ...request, target })).toBe(path);
    expect(componentValue(of('"@query"'), { ...request, target })).toBe(query);
  });

  it.each([
    ['a field that is not there', '"c"'],
    ['a field that is not ASCII', '"b"'],
    ['the status of a request', '"@status"'],
    ['the request of a request', '"@method";req'],
    ['a parameter that is not there', '"@query-param";name="d"'],
    ['a parameter that is there twice', '"@query-param";name="b"'],
    ['a field with no known structure', '"a";sf'],
    ['a member of what is no dictionary', '"a";key="x"'],
    ['a trailer that is not there', '"a";tr'],
  ])('refuses %s', (_, component) => {
    expect(() => componentValue(of(component), request)).toThrow(expect.objectContaining({ name: 'HttpSignatureError', reason: 'component' }));
  });

  it.each(['"@method"', '"@target-uri"', '"@path"'])('a response has no %s', (component) => {
    expect(() => componentValue(of(component), { status: 200, headers: [] })).toThrow('use req');
  });

  it.each([
    ['bs with sf', '"a";bs;sf'],
    ['bs with key', '"a";bs;key="x"'],
    ['upper case', '"Authorization"'],
    ['an empty name', '""'],
    ['a line feed', '"a\\"b"'],
    ['an unknown derived component', '"@signature-params"'],
    ['a parameter of a field on a derived component', '"@method";sf'],
    ['@query-param without name', '"@query-param"'],
    ['a name on a field', '"a";name="b"'],
    ['an unknown parameter', '"a";future'],
    ['a flag that is no flag', '"a";bs=1'],
    ['a token', 'a'],
    ['a number', '7'],
  ])('refuses the component %s', (_, component) => {
    expect(() => of(component)).toThrow(expect.objectContaining({ reason: 'component' }));
  });
});

describe('field values', () => {
  const valueOf = (...lines: string[]) => componentValue({ name: 'x' }, { status: 200, headers: lines.map((line) => ['X', line] as const) as Fields });
  it('joins lines and unfolds them', () => {
    expect(valueOf('  a \t', 'b\r\n  c')).toBe('a, b c');
  });
  it.each(['a\nb', 'a\rb', 'a\r\nEvil: 1', 'a\u0000b'])('refuses %j, which could write lines into the base', (line) => {
    expect(() => valueOf(line)).toThrow(expect.objectContaining({ name: 'HttpSignatureError' }));
  });
});

describe('signatureBase', () => {
  it('refuses a component that is there twice, whatever the order of its parameters (RFC 9421 section 2.5)', () => {
    const response = { status: 200, headers: [] };
    const around = { request: { ...request, headers: [['d', 'a=1']] as Fields } };
    const base = (...components: string[]) => signatureBase({ components: components.map(of), parameters: {} }, response, around);
    expect(() => base('"@status"', '"@status"')).toThrow('covered twice');
    expect(() => base('"d";key="a";req', '"d";req;key="a"')).toThrow('covered twice');
    expect(base('"d";req;key="a"')).toBe('"d";req;key="a": 1\n"@signature-params": ("d";req;key="a")');
  });
});
