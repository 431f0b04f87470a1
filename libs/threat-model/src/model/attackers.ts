/** Somebody the FAPI 2.0 Attacker Model reckons with (its section 4). */
export interface Attacker {
  readonly title: string;
  readonly can: string;
  readonly cannot: string;
  /** `informative`: ruled out by where metadata comes from, and kept to say so. */
  readonly status: 'in-scope' | 'informative';
  /** Names in the formal analysis and Implementer's Draft 2, which numbered differently. */
  readonly aliases: readonly string[];
}

/** By the numbers of the final text. */
export const attackers = {
  A1: {
    title: 'Web attacker',
    can: 'run sites, clients and devices of their own, take part as anybody may, and make a victim’s browser open addresses',
    cannot: 'read or block the traffic of others, break cryptography, or pose as an honest issuer',
    status: 'in-scope',
    aliases: ['A1'],
  },
  A1a: {
    title: 'Web attacker with an authorization server',
    can: 'do all of A1 and run an issuer of the ecosystem: pass on what honest issuers sent, and send users to their endpoints',
    cannot: 'do what A1 cannot',
    status: 'in-scope',
    aliases: ['A1a'],
  },
  A2: {
    title: 'Network attacker',
    can: 'intercept, block and change everything on the network',
    cannot: 'break TLS or cryptography',
    status: 'in-scope',
    aliases: ['A2'],
  },
  A3a: {
    title: 'Reader of the authorization request',
    can: 'do all of A1 and read what the browser carried to the issuer: client_id and request_uri',
    cannot: 'change the request, or read the response',
    status: 'in-scope',
    aliases: ['A3a'],
  },
  A4: {
    title: 'Attacker at the token endpoint',
    can: 'have a client send its token requests to them, and read and change the answers',
    cannot: 'change the metadata of the honest issuer',
    status: 'informative',
    aliases: ['A5'],
  },
  A5: {
    title: 'Reader of resource requests',
    can: 'do all of A1 and read requests to resource servers after they were served: access tokens and proofs',
    cannot: 'read or change the answers of resource servers',
    status: 'in-scope',
    aliases: ['A7'],
  },
} as const satisfies Record<string, Attacker>;

export type AttackerId = keyof typeof attackers;
export const attackerIds = Object.keys(attackers) as AttackerId[];

/** Attackers of earlier texts that the final one gave up, and why. Rules may still say that they stop them. */
export const removedAttackers: Readonly<Record<string, string>> = {
  A3b: 'Whoever reads the authorization response of a browser that was swapped defeats every redirect protocol (FAPI 2.0 SP 6.5).',
  A8: 'Whoever reads resource answers has what the goal protects.',
};

/** The attacker of this name in the final numbering, or in that of the formal analysis. `undefined`: removed or unknown. */
export function attackerNamed(name: string, numbering: 'final' | 'analysis' = 'final'): AttackerId | undefined {
  return attackerIds.find((id) => (numbering === 'final' ? id === name : (attackers[id].aliases as readonly string[]).includes(name)));
}
