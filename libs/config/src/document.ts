import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { ConfigError, type Path } from './problem.js';

/** A configuration text, read, with the way back from a path to its line. */
export interface ConfigDocument {
  /** As messages name it: `config/demo.yaml`. */
  readonly name: string;
  readonly data: unknown;
  lineOf(path: Path): number | undefined;
}

/**
 * Reads YAML (of which JSON is a part). Throws `ConfigError` for text that is neither, for repeated keys, unknown tags
 * and aliases of nothing. What stands in the text may be a password, so no message repeats it.
 */
export function readDocument(name: string, text: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0) {
    throw new ConfigError(wrong.map(({ pos, message }) => `${name}:${lines.linePos(pos[0]).line}: ${withoutText(message)}`));
  }
  return {
    name,
    data: plain(name, document),
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : lines.linePos(offset).line;
    },
  };
}

/** The parser puts what it quotes after a colon, and advice to programmers after a semicolon. */
const withoutText = (message: string): string => message.split('\n', 1)[0]!.replace(/[:;] .*$/, '');

function plain(name: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    throw new ConfigError([`${name}: ${withoutText((error as Error).message)}`]);
  }
}

/** Where the path's key stands; for a path that is not in the text, where its nearest parent does. */
function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = exactOffset(document, path.slice(0, length));
    if (offset !== undefined) return offset;
  }
  return undefined;
}

function exactOffset(document: Document, path: Path): number | undefined {
  const parent = path.length === 1 ? document.contents : (document.getIn(path.slice(0, -1), true) as Node | undefined);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1));
    return pair && isNode(pair.key) ? pair.key.range?.[0] : undefined;
  }
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
