import { isUtf8 } from 'node:buffer';

export type JsonObject = Record<string, unknown>;

/**
 * A JSON object out of bytes. `undefined` when the bytes are not UTF-8, not JSON, not an object, or when any object in
 * them names a member twice: two readers could then see two different values (RFC 7515 section 4, RFC 7519 section 4).
 */
export function parseStrictObject(bytes: Buffer): JsonObject | undefined {
  if (!isUtf8(bytes)) return undefined;
  const parsed = parseStrictJson(bytes.toString('utf8'));
  return parsed && isObject(parsed.value) ? parsed.value : undefined;
}

/** Any JSON value out of text, by the same rule. `undefined` when it is not JSON, or an object in it names a member twice. */
export function parseStrictJson(text: string): { readonly value: unknown } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return repeatsName(text) ? undefined : { value };
}

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `text` is known to be well-formed JSON, so only strings and the brackets around them need to be told apart. */
function repeatsName(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let names: Set<string> | undefined;
  let nameNext = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
        open.push(names);
        names = new Set();
        nameNext = true;
        break;
      case 0x5b: // [
        open.push(names);
        names = undefined;
        nameNext = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        names = open.pop();
        nameNext = false;
        break;
      case 0x2c: // ,
        nameNext = names !== undefined;
        break;
      case 0x22: {
        const end = endOfString(text, at);
        if (nameNext && names) {
          const name = unescaped(text.slice(at, end + 1));
          if (names.has(name)) return true;
          names.add(name);
          nameNext = false;
        }
        at = end;
        break;
      }
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5c) at++;
    else if (unit === 0x22) return at;
  }
  return text.length;
}

/** `"\u0061lg"` is the name `alg`. */
const unescaped = (quoted: string): string => (quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1));
