/** What must hold against every attacker (FAPI 2.0 Attacker Model section 3; Message Signing section 5.1 for G-NR). */
export const goals = {
  'G-AZ': 'Authorization: nobody gets and uses an access token for the resources of somebody else.',
  'G-AN': 'Authentication: nobody signs in at a client as somebody else.',
  'G-SI-AN': 'Session integrity, authentication: nobody is signed in as the attacker against their will.',
  'G-SI-AZ': 'Session integrity, authorization: nobody is made to use the resources of the attacker.',
  'G-NR1': 'Non-repudiation of pushed requests.',
  'G-NR2': 'Non-repudiation of requests through the browser, by way of what was pushed.',
  'G-NR3': 'Non-repudiation of authorization responses.',
  'G-NR4': 'Non-repudiation of answers about tokens.',
  'G-NR5': 'Non-repudiation of ID tokens.',
} as const;

export type GoalId = keyof typeof goals;
export const goalIds = Object.keys(goals) as GoalId[];
