import { judged, type Outcome } from '../probe.js';
import type { Scene } from '../scene.js';

const bitsOfCharacter = 6;
const bitsNeeded = 128;

/** Positions in which values of one kind differ, six bits each: a bound of what is random in them, and a rough one. */
export function differing({ wire }: Pick<Scene, 'wire'>, values: readonly string[], what: string): Outcome {
  const [first = ''] = values;
  const places = [...first].filter((character, index) => values.some((value) => value[index] !== character)).length;
  wire.note(`Compare ${values.length}`, `${what}, one after the other, and how each ends`, values.map((value) => `${value.slice(-6)} (${value.length} characters)`).join('\n'), 'as it must be');
  const enough = new Set(values).size === values.length && places * bitsOfCharacter >= bitsNeeded;
  return judged(enough, `${what}: ${places} characters differ, some ${places * bitsOfCharacter} bits`, `${what}: only ${places} characters differ`);
}
