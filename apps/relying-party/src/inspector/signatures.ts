import { HttpSignatureError, type AnsweredRequest, type MessageSigner, type SentRequest } from '@assent/http-signatures';
import type { ShownSignature } from './exchange.js';
import { redactPair } from './redact.js';

/** What was signed in both directions, for reading, and what is wrong with the answer, if anything is. */
export interface Proof {
  readonly shown: readonly ShownSignature[];
  readonly wrong?: string;
}

/** Proves the signature of an answer. */
export async function prove(signer: MessageSigner, sent: SentRequest, answer: AnsweredRequest): Promise<Proof> {
  const request: ShownSignature = { of: 'request', base: redactBase(sent.signed.base), outcome: 'Signed by the app.' };
  try {
    const { base, key } = await signer.verify(sent, answer);
    return { shown: [request, { of: 'answer', base: redactBase(base), outcome: `Holds, by the bank’s key ${key.kid ?? ''}.` }] };
  } catch (error) {
    if (!(error instanceof HttpSignatureError)) throw error;
    return { shown: [request], wrong: error.message };
  }
}

/** The covered components, one a line, with credentials cut. */
export function redactBase(base: string): string {
  const lines = base.split('\n').map((line) => {
    const end = line.indexOf(': ');
    const [, name = ''] = /^"([^"]*)"/.exec(line) ?? [];
    return `${line.slice(0, end)}: ${redactPair([name, line.slice(end + 2)])[1]}`;
  });
  return lines.join('\n');
}
