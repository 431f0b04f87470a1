/** Ports of the local stack, where nothing else is said. */
export const ports = {
  authorizationServer: { port: 9443, health: 9450 },
  mtls: 9444,
  resourceServer: { port: 9445, health: 9451 },
  grantManagement: { port: 9446, health: 9452 },
  relyingParty: { port: 9447, health: 9453 },
  directory: { port: 9454, health: 9455, mtls: 9456 },
  dashboard: 9448,
  staff: 9449,
} as const;
